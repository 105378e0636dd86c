using Bayou.Checker;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Swarm;
using Bayou.Simulation.Workload;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>
/// One run, from its seed alone. First the plan's faults may do anything, and only safety is asked for. Then the faults end, some
/// machines stay down as a minority may, and the others must take publishes soon and come to agree. At the end everything that was
/// acknowledged must be on every machine, also after the power went everywhere.
/// </summary>
public sealed class SimulationRun
{
    private static readonly TimeSpan AcceptWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CalmWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MendWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>What comes after the faults may take this many events beyond the first part; some thousands are usual.</summary>
    private const long EventsAfterwards = 1_000_000;

    private readonly SimulatedCluster _cluster;
    private readonly RunServices _services;
    private readonly Nemesis _nemesis;
    private readonly SimulatedReader _reader;
    private readonly SimulatedGateway _prober;
    private readonly List<SimulatedGateway> _gateways = [];
    private readonly List<SimulatedSubscriber> _subscribers = [];
    private readonly SubscriptionBook _book;
    private readonly SimulatedOperator? _operator;
    private readonly HashSet<Machine> _away = [];
    private readonly Random _random;

    private SimulationRun(SimulatedCluster cluster, Random random)
    {
        _cluster = cluster;
        _random = random;
        var history = new History();
        foreach (var channel in cluster.Plan.Channels)
        {
            var number = history.Names.AddChannel(channel);
            if (cluster.Kind.Trims && cluster.Plan.Workload is { Keeps: { } kept })
            {
                history.Add(new HistoryEvent { Kind = EventKind.Limited, Channel = number, Sequence = kept });
            }
        }

        _services = new RunServices(cluster, history, new DurabilityProbe(cluster, history, new Random(random.Next())));
        _reader = new SimulatedReader(_services, new Random(random.Next()));
        cluster.Started = _reader.OnStarted;
        _nemesis = new Nemesis(cluster, new Random(random.Next()));
        _prober = new SimulatedGateway("probe", connections: 1, _services, new Random(random.Next()));
        for (var i = 1; i <= cluster.Plan.Workload.Gateways; i++)
        {
            _gateways.Add(new SimulatedGateway($"gw{i}", cluster.Plan.Workload.Connections, _services, new Random(random.Next())));
        }

        _book = new SubscriptionBook(_services);
        if (cluster.Kind.Serves)
        {
            var chance = new Random(cluster.Plan.Variation);
            _operator = new SimulatedOperator(_services, new Random(chance.Next()));
            _subscribers.AddRange(cluster.Plan.Subscribers.Subscribers.Select(
                (plan, index) => new SimulatedSubscriber(index + 1, plan, _services, _book, new Random(chance.Next()))));
        }
    }

    private EventLoop Loop => _cluster.Loop;

    private IReadOnlyList<string> Channels => _cluster.Plan.Channels;

    /// <summary>Runs a seed. It never throws for what the program did: the result says.</summary>
    /// <param name="seed">What everything follows from.</param>
    /// <param name="kind">What the machines run.</param>
    /// <param name="events">How many events the first part has.</param>
    /// <param name="output">Gets the trace, if anybody wants it.</param>
    public static RunResult Execute(int seed, IProgramKind kind, long events = 10_000, TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var random = new Random(seed);
        var trace = new Trace(output);
        var plan = SwarmPlan.Draw(random, kind.Survives);
        using var cluster = new SimulatedCluster(plan, kind, random, trace);
        trace.Write("run", $"seed {seed}: {plan}");
        Exception? failure = null;
        try
        {
            new SimulationRun(cluster, random).Execute(events);
        }
        catch (Exception e)
        {
            failure = e;
        }

        return new RunResult(seed, plan, trace.Hash, cluster.Loop.EventCount, cluster.Loop.Now, cluster.Statistics, failure);
    }

    private void Execute(long events)
    {
        Loop.MaxEventCount = events + EventsAfterwards;
        foreach (var machine in _cluster.Machines)
        {
            machine.Start();
        }

        _nemesis.Start();
        _gateways.ForEach(static gateway => gateway.Start());
        _subscribers.ForEach(static subscriber => subscriber.Start());
        _operator?.Start();
        _reader.Start();
        if (!Loop.RunUntil(() => Loop.EventCount >= events, Longest))
        {
            throw new InvalidOperationException($"There were {Loop.EventCount} events in {Longest}, and not the {events} that a run has.");
        }

        Recover();
        ReadEverything();
        Drain();
        if (_cluster.Kind.Survives.Contains(FaultKind.Blackout))
        {
            _cluster.Trace.Write("run", $"the power goes everywhere");
            Restart(_cluster.Machines.Where(static machine => machine.Process is not null).ToArray());
            ReadEverything();
            Drain();
        }

        if (_services.History.Finish() is { IsGood: false } report)
        {
            throw new SimulationFailureException(report.ToString());
        }
    }

    private void Recover()
    {
        _cluster.Trace.Write("run", $"the faults end");
        _reader.Stop();
        _gateways.ForEach(static gateway => gateway.Stop());
        _subscribers.ForEach(static subscriber => subscriber.Settle());
        _operator?.Stop();
        _cluster.Inboxes.LossRate = 0;
        _nemesis.Heal();
        LeaveSomeDown();
        StartAll();
        AwaitStarts();
        var healedAt = Loop.Now;
        Note(new HistoryEvent { Kind = EventKind.Healed, Time = healedAt });
        Probe(healedAt);
        Loop.RunUntil(() => _gateways.TrueForAll(static gateway => gateway.IsIdle), healedAt + SettleWithin);
        StartAll();
        AwaitConsumed(healedAt + CalmWithin);
        Settle(healedAt);
    }

    /// <summary>A minority may stay away for as long as it likes: those that are damaged, and as many others as are left.</summary>
    private void LeaveSomeDown()
    {
        var unsound = _cluster.Machines.Where(machine => machine.IsRefused || !_cluster.Atlas.IsControlSound(machine.Disk)).ToArray();
        var spare = _random.Next(_cluster.Atlas.Minority - unsound.Length + 1);
        foreach (var machine in _cluster.Machines.Except(unsound).OrderBy(_ => _random.Next()).Take(spare))
        {
            machine.Kill("stays away");
            _away.Add(machine);
        }
    }

    private void StartAll()
    {
        foreach (var machine in _cluster.Machines.Where(machine => !machine.IsRefused && !_away.Contains(machine)))
        {
            machine.Start();
        }

        _away.Clear();
    }

    /// <summary>A disk that was slow may still be at what it was asked for then.</summary>
    private void AwaitStarts()
    {
        if (!Loop.RunUntil(() => _cluster.Machines.All(static machine => machine.Process is null || machine.IsUp), Loop.Now + SettleWithin))
        {
            throw new SimulationFailureException($"A machine has not started within {SettleWithin}.");
        }
    }

    /// <summary>Every channel must take a publish soon.</summary>
    private void Probe(TimeSpan healedAt)
    {
        var until = healedAt + AcceptWithin;
        for (var channel = 0; channel < Channels.Count; channel++)
        {
            var probed = channel;
            _prober.Probe(channel, until, () => Note(new HistoryEvent { Kind = EventKind.Accepted, Channel = probed, Time = Loop.Now }));
        }

        Loop.RunUntil(() => _prober.IsIdle, until + AcceptWithin);
    }

    /// <summary>All replicas of each channel must come to stand at the same entry, and look the same there.</summary>
    private void Settle(TimeSpan healedAt)
    {
        var deadline = healedAt + SettleWithin;
        while (!Channels.All(HasSettled) && Loop.Now < deadline)
        {
            Loop.RunUntil(Loop.Now + TimeSpan.FromMilliseconds(100));
        }

        for (var channel = 0; channel < Channels.Count; channel++)
        {
            foreach (var machine in ReplicasOf(Channels[channel]))
            {
                _reader.Digest(machine, channel, EventKind.Settled);
                _reader.Digest(machine, channel, EventKind.Digested);
            }
        }
    }

    private bool HasSettled(string channel)
    {
        var views = ExpectedReplicasOf(channel).Select(machine => machine?.Program?.ViewOf(channel)).ToArray();
        return views is [{ } one, ..] && Array.TrueForAll(views, view => view?.AppliedIndex == one.AppliedIndex);
    }

    private void Restart(IReadOnlyList<Machine> machines)
    {
        foreach (var machine in machines)
        {
            machine.CutPower();
        }

        foreach (var machine in machines)
        {
            machine.Start();
        }

        AwaitStarts();
        var restartedAt = Loop.Now;
        Note(new HistoryEvent { Kind = EventKind.Healed, Time = restartedAt });
        Probe(restartedAt);
        AwaitConsumed(restartedAt + CalmWithin);
        Settle(restartedAt);
    }

    /// <summary>Every subscriber must be given everything, and be able to acknowledge it; the history says what is missing.</summary>
    private void Drain()
    {
        AwaitConsumed(Loop.Now + DrainWithin);
        if (_subscribers.Find(static subscriber => subscriber.Subscription is null) is { } left)
        {
            throw new SimulationFailureException($"{left} could not subscribe within {DrainWithin}.");
        }

        foreach (var subscription in _subscribers.Select(static subscriber => subscriber.Subscription!.Value).Distinct())
        {
            _book.Close(subscription);
        }
    }

    private void AwaitConsumed(TimeSpan deadline)
    {
        while (!_subscribers.TrueForAll(HasConsumed) && Loop.Now < deadline)
        {
            Loop.RunUntil(Loop.Now + TimeSpan.FromMilliseconds(100));
        }
    }

    private bool HasConsumed(SimulatedSubscriber subscriber)
    {
        var last = _cluster.Machines.Max(machine => machine.Program?.Service?.LastSequenceOf(Channels[subscriber.Channel]) ?? 0);
        return subscriber.Subscription is { } subscription && _book.HasConsumed(subscription, last);
    }

    /// <summary>Every replica must be there, and show everything that was acknowledged. One that comes upon damage has a while to mend it.</summary>
    private void ReadEverything()
    {
        for (var channel = 0; channel < Channels.Count; channel++)
        {
            var name = Channels[channel];

            // A leader may hand over for the sake of balance while another channel is waited for.
            Loop.RunUntil(() => !Exists(name) || HasSettled(name), Loop.Now + SettleWithin);
            var replicas = ExpectedReplicasOf(name).ToArray();
            if (replicas.Length == 0 ? Exists(name) : Array.Exists(replicas, machine => machine?.Program?.ViewOf(name) is null))
            {
                throw new SimulationFailureException(
                    $"{name} has no leader, or not all of its replicas, {SettleWithin} after the faults had ended: {string.Join(", ", _cluster.Machines.Select(Describe))}.");
            }

            foreach (var machine in ReplicasOf(name))
            {
                Read(machine, channel);
            }

            CompareSegments(name);

            string Describe(Machine machine) => machine.Program?.ViewOf(name) is { } view
                ? $"{machine.Name} {(view.IsLeading ? "leads" : "has")} group {view.Group.Value} to {view.AppliedIndex} with {string.Join(" ", view.Voters)}"
                : $"{machine.Name} {(machine.IsRefused ? "is refused" : machine.IsUp ? "has none" : "is down")}";
        }
    }

    /// <summary>A cluster is founded only while all its silos are up, and a channel begins with the first publish.</summary>
    private bool Exists(string channel) =>
        _cluster.Acknowledged.Contains(channel) || _cluster.Machines.Any(machine => machine.Program?.ViewOf(channel) is not null);

    private void Read(Machine machine, int channel)
    {
        if (_reader.Read(machine, channel, isComplete: true))
        {
            return;
        }

        if (_cluster.Atlas.IsSound(machine.Disk))
        {
            throw new SimulationFailureException($"{machine.Name} cannot show {Channels[channel]}, and nothing is damaged there.");
        }

        // Each read comes upon the next damage, if there is more.
        for (var until = Loop.Now + MendWithin; _cluster.Kind.MendsSegments && !_reader.Read(machine, channel, isComplete: true);)
        {
            if (machine.IsRefused && !_cluster.Atlas.IsControlSound(machine.Disk))
            {
                // It came upon damage that nobody but an operator mends.
                return;
            }

            if (Loop.Now >= until)
            {
                throw new SimulationFailureException($"{machine.Name} has not mended {Channels[channel]} within {MendWithin}.");
            }

            Loop.RunUntil(Loop.Now + TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>Segments of the same first message are the same, byte by byte, wherever both are complete and whole.</summary>
    private void CompareSegments(string channel)
    {
        var known = new Dictionary<ulong, (SegmentInfo Segment, string Machine)>();
        foreach (var machine in ReplicasOf(channel))
        {
            foreach (var segment in machine.Program!.SegmentsOf(channel).Where(static segment => segment is { IsSealed: true } && segment.Hash != 0))
            {
                if (!known.TryAdd(segment.First, (segment, machine.Name)) && known[segment.First].Segment != segment)
                {
                    throw new SimulationFailureException($"{machine.Name} and {known[segment.First].Machine} differ in segment {segment.First} of {channel}.");
                }
            }
        }
    }

    /// <summary>Machines whose replica is a voter, as the leader sees it, and has something to show.</summary>
    private IEnumerable<Machine> ReplicasOf(string channel) =>
        ExpectedReplicasOf(channel).OfType<Machine>().Where(machine => machine.Program?.ViewOf(channel) is not null);

    /// <summary>The machines of a channel's voters, but for those that were refused their disk; null for a voter whose machine has lost it.</summary>
    private IEnumerable<Machine?> ExpectedReplicasOf(string channel)
    {
        var leader = _cluster.Machines.Select(machine => machine.Program?.ViewOf(channel)).FirstOrDefault(static view => view is { IsLeading: true });
        var holders = (leader?.Voters ?? []).Select(_cluster.Find).ToList();
        foreach (var _ in _cluster.Machines.Where(machine => machine.IsRefused && !holders.Contains(machine)))
        {
            // It lost a disk, and was refused the next one before it had taken its own place again.
            holders.Remove(null);
        }

        return holders.Where(static machine => machine is not { IsRefused: true });
    }

    private void Note(in HistoryEvent item) => _services.History.Add(item);
}
