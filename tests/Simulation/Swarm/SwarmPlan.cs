using Bayou.Simulation.Network;

namespace Bayou.Simulation.Swarm;

/// <summary>
/// What a seed draws for its run: how large the cluster is, what its clients do, and which faults it has. Runs differ in kind: most have
/// few kinds of faults, since what only two of them together bring to light is drowned by all of them at once.
/// </summary>
public sealed record SwarmPlan
{
    /// <summary>Names of the silos.</summary>
    public required IReadOnlyList<string> Silos { get; init; }

    /// <summary>Replicas of each group.</summary>
    public required int Replicas { get; init; }

    /// <summary>Names of the channels.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    public required WorkloadPlan Workload { get; init; }

    /// <summary>Who receives what is published.</summary>
    public required SubscribersPlan Subscribers { get; init; }

    /// <summary>The faults of this run, each with how much time passes between two of its kind on average; of conditions that hold all the time, zero.</summary>
    public required IReadOnlyDictionary<FaultKind, TimeSpan> Faults { get; init; }

    /// <summary>The network while faults last.</summary>
    public required NetworkConditions Network { get; init; }

    /// <summary>What a sync takes on average.</summary>
    public required TimeSpan SyncTime { get; init; }

    /// <summary>How long a machine stays down on average.</summary>
    public required TimeSpan DownTime { get; init; }

    /// <summary>Whether the stores are so small that files change all the time.</summary>
    public required bool HasTinyFiles { get; init; }

    /// <summary>Whether a silo may come back with an empty disk, also in a run in which disks are not lost.</summary>
    public required bool SurvivesDiskLoss { get; init; }

    /// <summary>For programs to draw options of their own from.</summary>
    public required int Variation { get; init; }

    /// <summary>Part of the elections and changes of members that a fault follows at once.</summary>
    public required double Ambush { get; init; }

    public bool Has(FaultKind kind) => Faults.ContainsKey(kind);

    /// <summary>Draws a plan whose faults are among <paramref name="survived"/>.</summary>
    public static SwarmPlan Draw(Random random, IReadOnlyCollection<FaultKind> survived)
    {
        ArgumentNullException.ThrowIfNull(random);
        var silos = random.Next(10) switch { < 6 => 3, < 8 => 4, _ => 5 };
        var faults = DrawFaults(random, survived);
        var plan = new SwarmPlan
        {
            Silos = [.. Enumerable.Range(1, silos).Select(static number => $"n{number}")],
            Replicas = silos == 5 && random.Next(2) == 0 ? 5 : 3,
            Channels = [.. Enumerable.Range(1, DrawChannelCount(random)).Select(static number => $"c{number}")],
            Workload = WorkloadPlan.Draw(random),
            Subscribers = SubscribersPlan.None,
            Faults = faults,
            Network = DrawNetwork(random, faults),
            SyncTime = TimeSpan.FromMilliseconds(random.Next(3) switch { 0 => 0.1, 1 => 1, _ => 8 }),
            DownTime = TimeSpan.FromSeconds(random.Next(3) switch { 0 => 0.1, 1 => 1, _ => 4 }),
            HasTinyFiles = random.Next(2) == 0,
            SurvivesDiskLoss = survived.Contains(FaultKind.DiskLoss),
            Variation = random.Next(),
            Ambush = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.3,
        };

        // Purges are drawn for runs with subscribers, whom they pass over.
        var chance = new Random(plan.Variation);
        var subscribers = SubscribersPlan.Draw(chance, plan.Channels.Count);
        var isPurged = subscribers.Subscribers.Count > 0 && chance.Next(3) == 0;
        return plan with
        {
            Subscribers = subscribers,
            Workload = plan.Workload with { PurgeInterval = isPurged ? TimeSpan.FromSeconds(2) : TimeSpan.Zero },
        };
    }

    public override string ToString() =>
        $"{Silos.Count} silos, {Replicas} replicas, {Channels.Count} channels, {Workload}, {Subscribers}, sync {SyncTime.TotalMilliseconds} ms, down {DownTime.TotalSeconds} s, "
        + $"{(HasTinyFiles ? "tiny" : "small")} files, ambush {Ambush:F2}, faults: {(Faults.Count == 0 ? "none" : string.Join(", ", Faults.Select(static fault => Describe(fault.Key, fault.Value))))}";

    private static string Describe(FaultKind kind, TimeSpan interval) => interval == TimeSpan.Zero ? $"{kind}" : $"{kind} each {interval.TotalSeconds:F1} s";

    private static int DrawChannelCount(Random random) => random.Next(4) switch
    {
        0 => 1,
        1 or 2 => random.Next(2, 6),
        _ => random.Next(6, 33),
    };

    private static SortedDictionary<FaultKind, TimeSpan> DrawFaults(Random random, IReadOnlyCollection<FaultKind> survived)
    {
        var left = survived.Order().ToList();
        var faults = new SortedDictionary<FaultKind, TimeSpan>();
        var most = random.Next(12) switch { 0 => 0, < 9 => random.Next(1, 5), _ => left.Count };
        while (faults.Count < most && left.Count > 0)
        {
            var kind = left[random.Next(left.Count)];
            left.Remove(kind);
            if (most <= 4 || random.Next(2) == 0)
            {
                faults.Add(kind, IsLasting(kind) ? TimeSpan.Zero : TimeSpan.FromSeconds(0.1 * Math.Pow(100, random.NextDouble())));
            }
        }

        return faults;
    }

    private static bool IsLasting(FaultKind kind) =>
        kind is FaultKind.Loss or FaultKind.Duplication or FaultKind.Reordering or FaultKind.SlowNetwork or FaultKind.ClockDrift
            or FaultKind.LeaderIsolation or FaultKind.RollingIsolation;

    private static NetworkConditions DrawNetwork(Random random, SortedDictionary<FaultKind, TimeSpan> faults) => NetworkConditions.Good with
    {
        Loss = faults.ContainsKey(FaultKind.Loss) ? random.NextDouble() * 0.3 : 0,
        Duplication = faults.ContainsKey(FaultKind.Duplication) ? random.NextDouble() * 0.5 : 0,
        Reordering = faults.ContainsKey(FaultKind.Reordering) ? random.NextDouble() * 0.5 : 0,
        MeanExtraDelay = faults.ContainsKey(FaultKind.SlowNetwork) ? TimeSpan.FromMilliseconds(5 + (random.NextDouble() * 45)) : NetworkConditions.Good.MeanExtraDelay,
    };
}
