namespace Bayou.Grains.Interfaces.Administration;

/// <summary>A replica of a group. Positions are log indexes, not sequences.</summary>
public sealed record ReplicaSummary
{
    public required string NodeId { get; init; }

    public required ReplicaState State { get; init; }

    public bool Leader { get; init; }

    /// <summary>It counts towards the quorum.</summary>
    public bool Voter { get; init; }

    /// <summary>The last entry that it has, as the leader knows; null without a leader.</summary>
    public ulong? Match { get; init; }

    /// <summary>The last entry that it knows to be committed; null where its silo did not answer.</summary>
    public ulong? Commit { get; init; }

    /// <summary>The last entry that it has applied; null where its silo did not answer.</summary>
    public ulong? Applied { get; init; }

    /// <summary>Entries that are committed and that it lacks, as the leader knows; null without a leader.</summary>
    public ulong? Lag { get; init; }
}
