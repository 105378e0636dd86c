namespace Bayou.Grains.Replication;

/// <summary>Why a replica does not answer for its group.</summary>
public enum ReplicaUnavailability
{
    /// <summary>Nobody can say whether the proposal is in the log: ask again, under the same number.</summary>
    Unknown,

    /// <summary>Another silo leads the group; nothing was proposed.</summary>
    NotLeader,

    /// <summary>No leader was found in time, as when a majority of the replicas cannot be reached; nothing was proposed.</summary>
    NoQuorum,

    /// <summary>The disk is nearly full: what takes room is refused until some is made.</summary>
    DiskNearlyFull,

    /// <summary>The channel has ended, and nothing was proposed to any purpose. One of the same name may take its place in a moment.</summary>
    Ended,

    /// <summary>The proposal came after one that should follow it, or much too early.</summary>
    OutOfOrder,
}
