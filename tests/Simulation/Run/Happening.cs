namespace Bayou.Simulation.Run;

/// <summary>What the programs of a run do that a batch of runs wants to have seen. Faults are counted by <see cref="Swarm.FaultKind"/>.</summary>
public enum Happening
{
    /// <summary>A replica began to lead its group.</summary>
    LeaderElected,

    /// <summary>Another replica than before began to lead a group.</summary>
    LeaderChanged,

    /// <summary>A membership took effect that is in between two.</summary>
    JointMembership,

    /// <summary>A snapshot took the place of a replica's log.</summary>
    SnapshotInstalled,

    /// <summary>A silo that had lost its data has everything again.</summary>
    SiloReadmitted,

    /// <summary>A group went to sleep.</summary>
    GroupSlept,

    /// <summary>A group was woken.</summary>
    GroupWoke,

    /// <summary>A repeated batch was recognised.</summary>
    BatchRecognised,

    /// <summary>A gateway repeated a batch.</summary>
    BatchRepeated,

    /// <summary>A gateway gave up a batch without knowing what became of it.</summary>
    BatchAbandoned,

    /// <summary>A batch was acknowledged.</summary>
    BatchAcknowledged,

    /// <summary>A journal had grown enough for a checkpoint.</summary>
    CheckpointDue,

    /// <summary>A store was opened on what an earlier process had left.</summary>
    StoreRecovered,

    /// <summary>A store refused to open on damaged files.</summary>
    StoreRefused,

    /// <summary>A program refused to go on with a disk that was replaced by an older image of itself.</summary>
    OldDiskRefused,

    /// <summary>Damage was mended from other replicas.</summary>
    DamageMended,

    /// <summary>A process stopped since its disk had failed.</summary>
    StoppedByDisk,

    /// <summary>The disks were asked for an acknowledged batch.</summary>
    DurabilityProbed,

    /// <summary>A subscriber was given a message for the first time.</summary>
    MessageDelivered,

    /// <summary>A subscriber was given a message that it, or another of its group, may have had before.</summary>
    MessageRedelivered,

    /// <summary>A delivery, or the answer to it, got lost with a gateway.</summary>
    DeliveryLost,

    /// <summary>A delivery found nobody on the inbox.</summary>
    InboxDeserted,

    /// <summary>A subscriber came back to its durable, or to its group.</summary>
    SubscriptionResumed,

    /// <summary>A subscriber left, told or untold.</summary>
    SubscriberLeft,

    /// <summary>An operator had messages removed.</summary>
    ChannelPurged,
}
