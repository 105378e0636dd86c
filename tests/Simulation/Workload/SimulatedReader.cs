using Bayou.Checker;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Replays channels from silos, and takes hashes of their replicas.</summary>
internal sealed class SimulatedReader(RunServices services, Random random)
{
    private readonly Dictionary<string, int> _nodes = services.Plan.Silos.ToDictionary(static name => name, services.History.Names.AddNode, StringComparer.Ordinal);
    private bool _isStopped;

    /// <summary>Notes that a machine has another process now.</summary>
    public void OnStarted(Machine machine) =>
        services.History.Add(new HistoryEvent { Kind = EventKind.Restarted, Time = services.Loop.Now, Actor = _nodes[machine.Name] });

    public void Start() => services.Loop.Schedule(services.Plan.Workload.ReadInterval * random.NextDouble() * 2, Look);

    public void Stop() => _isStopped = true;

    /// <summary>Replays a channel from one machine; false if that has nothing to show, or cannot show all.</summary>
    public bool Read(Machine machine, int channel, bool isComplete)
    {
        if (machine.Program is not { } program || machine.IsPaused)
        {
            return false;
        }

        var item = new HistoryEvent
        {
            Kind = EventKind.ReplayStarted,
            Time = services.Loop.Now,
            Actor = _nodes[machine.Name],
            Channel = channel,
            IsComplete = isComplete,
        };
        var messages = new List<HistoryEvent>();
        var isWhole = false;
        machine.Process!.Run(() => isWhole = program.TryRead(services.Plan.Channels[channel], (sequence, payload) => messages.Add(item with
        {
            Kind = EventKind.Replayed,
            Sequence = sequence,
            Value = Payload.ValueOf(payload.Span),
            Hash = Payload.HashOf(payload.Span),
        })));
        services.Trace.Write(
            "reader", $"sees {messages.Count} messages of {services.Plan.Channels[channel]} on {machine.Name}, {(messages.Count == 0 ? 0 : messages[0].Sequence)} to {(messages.Count == 0 ? 0 : messages[^1].Sequence)}{(isWhole ? "" : ", and then an error")}");
        if (messages.Count == 0 && !isWhole)
        {
            return false;
        }

        services.History.Add(item with { IsComplete = isComplete && isWhole });
        messages.ForEach(message => services.History.Add(message));
        services.History.Add(item with
        {
            Kind = EventKind.ReplayEnded,
            IsBrokenOff = !isWhole,
            Sequence = program.ViewOf(services.Plan.Channels[channel])?.FirstSequence ?? 0,
        });
        return isWhole;
    }

    /// <summary>Notes the hash of a replica; its index, or null where there is none.</summary>
    public ulong? Digest(Machine machine, int channel, EventKind kind)
    {
        if (machine.Program is not { } program || machine.IsPaused || program.ViewOf(services.Plan.Channels[channel]) is not { } view)
        {
            return null;
        }

        services.History.Add(new HistoryEvent
        {
            Kind = kind,
            Time = services.Loop.Now,
            Actor = _nodes[machine.Name],
            Channel = channel,
            Sequence = view.AppliedIndex,
            Hash = view.Hash,
        });
        return view.AppliedIndex;
    }

    private void Look()
    {
        if (_isStopped)
        {
            return;
        }

        var machine = services.Cluster.Machines[random.Next(services.Cluster.Machines.Count)];
        var channel = random.Next(services.Plan.Channels.Count);
        Read(machine, channel, isComplete: false);
        Digest(machine, channel, EventKind.Digested);
        Start();
    }
}
