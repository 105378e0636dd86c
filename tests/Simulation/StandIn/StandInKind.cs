using Bayou.Simulation.Run;
using Bayou.Simulation.Swarm;
using Bayou.Storage;

namespace Bayou.Simulation.StandIn;

/// <summary>Clusters of <see cref="StandInSilo"/>s.</summary>
public sealed class StandInKind : IProgramKind
{
    public string Name => "stand-in";

    /// <summary>
    /// All but three. It has no way to come back without its disk, and none to notice that it is an old one. And after a failed sync the system may remember what the disk never
    /// got, which a store that reads through the system's memory takes for durable.
    /// </summary>
    public IReadOnlyCollection<FaultKind> Survives { get; } = [.. Enum.GetValues<FaultKind>().Except([FaultKind.DiskLoss, FaultKind.DiskRestore, FaultKind.SyncError])];

    public IReadOnlyCollection<Happening> Does { get; } =
    [
        Happening.LeaderElected,
        Happening.LeaderChanged,
        Happening.JointMembership,
        Happening.BatchRecognised,
        Happening.BatchRepeated,
        Happening.BatchAbandoned,
        Happening.BatchAcknowledged,
        Happening.CheckpointDue,
        Happening.StoreRecovered,
        Happening.StoreRefused,
        Happening.StoppedByDisk,
        Happening.DurabilityProbed,
    ];

    public bool MendsSegments => false;

    public bool Trims => false;

    public bool Serves => false;

    public ISiloProgram Create(SiloEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new StandInSilo(environment, StorageOf(environment.Plan));
    }

    /// <summary>It knows nothing of others' starts.</summary>
    public ulong EpochKnownOf(Guid silo, SiloStore store) => 0;

    public StorageOptions StorageOf(SwarmPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new StorageOptions
        {
            JournalFileBytes = plan.HasTinyFiles ? 64 << 10 : 512 << 10,
            JournalFillBytes = plan.HasTinyFiles ? 16 << 10 : 64 << 10,
            CheckpointBytes = plan.HasTinyFiles ? 128 << 10 : 1 << 20,
            MaxBatchBytes = 64 << 10,
            SegmentBytes = plan.HasTinyFiles ? 16 << 10 : 128 << 10,
            SegmentWriteBytes = plan.HasTinyFiles ? 2 << 10 : 16 << 10,
            MaxOpenSegments = 4,
            TailCacheBytes = plan.HasTinyFiles ? 16 << 10 : 1 << 20,
            ReadChunkBytes = 4 << 10,
        };
    }
}
