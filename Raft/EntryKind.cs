namespace Bayou.Raft;

/// <summary>What an entry of the log means to the core. The application sees all of them.</summary>
public enum EntryKind : byte
{
    /// <summary>Data of the application; empty data is the entry a leader writes at the start of its term.</summary>
    Normal,

    /// <summary>A membership change of a single replica, encoded by <see cref="Membership.ConfChange.Encode"/>.</summary>
    ConfChange,

    /// <summary>A membership change that may go through a joint configuration; empty data leaves the joint configuration.</summary>
    ConfChangeV2,
}
