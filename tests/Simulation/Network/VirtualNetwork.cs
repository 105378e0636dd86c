using Bayou.Records;
using Bayou.Simulation.Engine;

namespace Bayou.Simulation.Network;

/// <summary>
/// Carries frames between the processes of named machines. Frames are lost, repeated, late and out of order as
/// <see cref="Conditions"/> say; single directions can be cut or clogged. A frame may arrive at a later process than it was sent to,
/// and after its sender has ended: receivers must stand that.
/// </summary>
public sealed class VirtualNetwork(EventLoop loop, Random random)
{
    /// <summary>Part of the repeated frames that come much later, when all that they were about may be over.</summary>
    private const double LateRepetitions = 0.2;

    private readonly SortedDictionary<string, Port> _ports = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), Direction> _directions = [];

    public NetworkConditions Conditions { get; set; } = NetworkConditions.Good;

    /// <summary>Called for every frame that is lost, repeated or overtaken, with what happened to it.</summary>
    public Action<FrameFate>? OnFate { get; set; }

    /// <summary>Called for a machine that another is about to be told of as gone, though a process runs there, maybe a later one.</summary>
    public Action<string>? TakenForGone { get; set; }

    /// <summary>Whether some direction is cut.</summary>
    public bool IsCut => _directions.Values.Any(static direction => direction.IsCut);

    /// <summary>Connects a process under its machine's name, until it ends.</summary>
    public void Attach(string name, VirtualProcess process, IVirtualEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(process);
        var port = PortOf(name);
        port.Process = process;
        port.Endpoint = endpoint;
        port.Links.Clear();
        process.Ended += () => Detach(port, process);
        ReviewLinks(name, isProcessGone: false);
    }

    /// <summary>What a machine has sent and nobody has received yet never arrives: nothing is left of its data either.</summary>
    public void Forget(string name) => PortOf(name).Generation++;

    /// <summary>Sends a copy of a frame.</summary>
    public void Send(string from, string to, Lane lane, ReadOnlySpan<byte> frame)
    {
        if (!_ports.ContainsKey(to) || DirectionOf(from, to).IsCut)
        {
            return;
        }

        if (Happens(Conditions.Loss))
        {
            OnFate?.Invoke(FrameFate.Lost);
            return;
        }

        var copy = frame.ToArray();
        Carry(from, to, lane, copy);
        if (Happens(Conditions.Duplication))
        {
            OnFate?.Invoke(FrameFate.Repeated);
            Repeat(from, to, lane, (byte[])copy.Clone());
        }
    }

    /// <summary>Nothing passes from one machine to another any more, what is under way included.</summary>
    public void Cut(string from, string to)
    {
        DirectionOf(from, to).IsCut = true;
        ReviewLinks(from, isProcessGone: false);
    }

    /// <summary>Ends all cuts and clogs.</summary>
    public void Heal()
    {
        foreach (var direction in _directions.Values)
        {
            direction.IsCut = false;
            direction.CloggedUntil = TimeSpan.Zero;
        }

        foreach (var name in _ports.Keys)
        {
            ReviewLinks(name, isProcessGone: false);
        }
    }

    /// <summary>What is sent in one direction arrives only after some time, all at once.</summary>
    public void Clog(string from, string to, TimeSpan time) => DirectionOf(from, to).CloggedUntil = loop.Now + time;

    private void Carry(string from, string to, Lane lane, byte[] frame)
    {
        var direction = DirectionOf(from, to);
        var arrival = loop.Now + Conditions.MinDelay + random.Exponential(Conditions.MeanExtraDelay);
        arrival = arrival < direction.CloggedUntil ? direction.CloggedUntil : arrival;
        if (lane == Lane.Bulk)
        {
            arrival += TimeSpan.FromSeconds(frame.Length / Conditions.BulkBytesPerSecond);
        }

        if (Happens(Conditions.Reordering))
        {
            OnFate?.Invoke(FrameFate.Overtaken);
            arrival += random.Exponential(Conditions.MeanExtraDelay * 10);
        }
        else
        {
            ref var last = ref direction.LastArrival[(int)lane];
            last = arrival = arrival > last ? arrival : last;
        }

        var generation = PortOf(from).Generation;
        loop.Schedule(arrival - loop.Now, () => Deliver(from, to, lane, generation, frame));
    }

    private void Repeat(string from, string to, Lane lane, byte[] frame)
    {
        if (!Happens(LateRepetitions))
        {
            Carry(from, to, lane, frame);
            return;
        }

        var generation = PortOf(from).Generation;
        loop.Schedule(Conditions.MinDelay + random.Exponential(Conditions.MeanLateness), () => Deliver(from, to, lane, generation, frame));
    }

    private void Deliver(string from, string to, Lane lane, int generation, byte[] frame)
    {
        var port = PortOf(to);
        if (port.Process is not { } process || DirectionOf(from, to).IsCut || PortOf(from).Generation != generation)
        {
            return;
        }

        loop.Trace.Write(to, $"receives {frame.Length} bytes ({Checksum.Crc32C(frame)}) on {lane} from {from}");
        process.Execute(() => port.Endpoint!.Receive(from, frame));
    }

    private void Detach(Port port, VirtualProcess process)
    {
        if (port.Process == process)
        {
            port.Process = null;
            port.Endpoint = null;
            ReviewLinks(port.Name, isProcessGone: true);
        }
    }

    /// <summary>The links of a machine may have changed; both ends notice in their time.</summary>
    private void ReviewLinks(string name, bool isProcessGone)
    {
        foreach (var other in _ports.Keys.Where(other => other != name).ToArray())
        {
            ReviewLink(name, other, isProcessGone);
            ReviewLink(other, name, isProcessGone);
        }
    }

    private void ReviewLink(string observer, string peer, bool isProcessGone)
    {
        var port = PortOf(observer);
        var known = port.Links.GetValueOrDefault(peer);
        if (port.Process is null || known == Reachable(observer, peer))
        {
            return;
        }

        var delay = known is null ? Uniform(Conditions.Reconnect)
            : isProcessGone && !IsCutBetween(observer, peer) ? Conditions.MinDelay + random.Exponential(Conditions.MeanExtraDelay)
            : Conditions.SilenceNoticed + random.Exponential(Conditions.SilenceNoticed / 4);
        loop.Schedule(delay, () => Notice(observer, peer));
    }

    private void Notice(string observer, string peer)
    {
        var port = PortOf(observer);
        var known = port.Links.GetValueOrDefault(peer);
        var reachable = Reachable(observer, peer);
        if (port.Process is not { } process || known == reachable)
        {
            return;
        }

        // A new process of the peer is another link: the old one goes down first.
        port.Links[peer] = known is null ? reachable : null;
        loop.Trace.Write(observer, $"link to {peer} is {(known is null ? "up" : "down")}");
        if (known is not null && PortOf(peer).Process is not null)
        {
            TakenForGone?.Invoke(peer);
        }

        process.Execute(() => Tell(port.Endpoint!, peer, isUp: known is null));
        ReviewLink(observer, peer, isProcessGone: false);
    }

    private static void Tell(IVirtualEndpoint endpoint, string peer, bool isUp)
    {
        if (isUp)
        {
            endpoint.OnLinkUp(peer);
        }
        else
        {
            endpoint.OnLinkDown(peer);
        }
    }

    private VirtualProcess? Reachable(string observer, string peer) => IsCutBetween(observer, peer) ? null : PortOf(peer).Process;

    private bool IsCutBetween(string one, string other) => DirectionOf(one, other).IsCut || DirectionOf(other, one).IsCut;

    private Port PortOf(string name) => _ports.TryGetValue(name, out var port) ? port : _ports[name] = new Port(name);

    private Direction DirectionOf(string from, string to) =>
        _directions.TryGetValue((from, to), out var direction) ? direction : _directions[(from, to)] = new Direction();

    private bool Happens(double probability) => probability > 0 && random.NextDouble() < probability;


    private TimeSpan Uniform(TimeSpan most) => most * random.NextDouble();

    /// <summary>One machine's connection to the network.</summary>
    private sealed class Port(string name)
    {
        public string Name => name;

        public VirtualProcess? Process { get; set; }

        public IVirtualEndpoint? Endpoint { get; set; }

        public int Generation { get; set; }

        /// <summary>The process of each peer that the present process knows to be reachable.</summary>
        public Dictionary<string, VirtualProcess?> Links { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Direction
    {
        public bool IsCut { get; set; }

        public TimeSpan CloggedUntil { get; set; }

        public TimeSpan[] LastArrival { get; } = new TimeSpan[3];
    }
}
