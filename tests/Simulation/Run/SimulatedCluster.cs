using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Network;
using Bayou.Simulation.Swarm;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>The machines of a run, what connects them, and who watches them.</summary>
public sealed class SimulatedCluster : IDisposable
{
    /// <summary>Wall time at which every run begins.</summary>
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Machine> _machines = [];
    private readonly Dictionary<string, ulong> _acknowledged = new(StringComparer.Ordinal);

    public SimulatedCluster(SwarmPlan plan, IProgramKind kind, Random random, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(random);
        Plan = plan;
        Kind = kind;
        Trace = trace;
        Loop = new EventLoop(trace);
        Oracle = new RunOracle(Statistics, trace);
        Network = new VirtualNetwork(Loop, new Random(random.Next())) { OnFate = OnFate, TakenForGone = silo => Oracle.OnTakenForGone(silo, Loop.Now) };
        Inboxes = new VirtualInboxes(Loop, Network, Statistics, new Random(plan.Variation)) { LossRate = plan.Subscribers.LossRate };
        foreach (var name in plan.Silos)
        {
            var drift = plan.Has(FaultKind.ClockDrift) ? 1 + ((random.NextDouble() - 0.5) * 0.04) : 1;
            _machines.Add(new Machine(this, name, random.Next(), drift));
        }

        Atlas = new FaultAtlas([.. _machines.Select(static machine => machine.Disk)], plan.Replicas, kind.MendsSegments);
    }

    public SwarmPlan Plan { get; }

    public IProgramKind Kind { get; }

    public Trace Trace { get; }

    public EventLoop Loop { get; }

    public VirtualNetwork Network { get; }

    public VirtualInboxes Inboxes { get; }

    public RunStatistics Statistics { get; } = new();

    public RunOracle Oracle { get; }

    public FaultAtlas Atlas { get; }

    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>The channels of which some publish was acknowledged.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged.Keys;


    /// <summary>Called when a process begins.</summary>
    public Action<Machine> Started { get; set; } = static _ => { };

    /// <summary>Called when a process has ended.</summary>
    public Action<Machine> Ended { get; set; } = static _ => { };

    /// <summary>The newest message of a channel that is known to be stored; 0 for none.</summary>
    public ulong LastAcknowledgedOf(string channel) => _acknowledged.GetValueOrDefault(channel);

    public void OnAcknowledged(string channel, ulong sequence) => _acknowledged[channel] = Math.Max(sequence, LastAcknowledgedOf(channel));

    public Machine? Find(string name) => _machines.Find(machine => machine.Name == name);

    /// <summary>Opens what would be left of a disk if the power went now, on a copy.</summary>
    internal SiloStore OpenCopy(VirtualDisk disk) => SiloStore.Open(
        disk.CloneDurable().Mount(), Kind.StorageOf(Plan), static e => throw new InvalidOperationException("A copy of a disk cannot fail.", e), policy: DamagePolicy.Report);

    public void Dispose()
    {
        foreach (var machine in _machines)
        {
            machine.Process?.End();
        }

        Loop.Dispose();
    }

    internal void OnStarted(Machine machine)
    {
        Oracle.OnStarted(machine.Name);
        Started(machine);
    }

    internal void OnEnded(Machine machine)
    {
        Oracle.SetLease(machine.Name, holds: null);
        Ended(machine);
    }

    private void OnFate(FrameFate fate) => Statistics.Count(fate switch
    {
        FrameFate.Lost => FaultKind.Loss,
        FrameFate.Repeated => FaultKind.Duplication,
        _ => FaultKind.Reordering,
    });
}
