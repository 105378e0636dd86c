namespace Bayou.Raft.Replication;

/// <summary>How a leader feeds one replica.</summary>
public enum ProgressState : byte
{
    /// <summary>Where the logs match is not known: one append at a time until an answer tells.</summary>
    Probe,

    /// <summary>The logs match up to MatchIndex: appends are sent ahead of the answers.</summary>
    Replicate,

    /// <summary>The replica needs a snapshot: nothing else is sent until it has it.</summary>
    Snapshot,
}
