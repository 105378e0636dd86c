namespace Bayou.Raft;

/// <summary>Every kind of message that a replica takes or gives out.</summary>
public enum MessageKind : byte
{
    /// <summary>Entries to append at the leader; forwarded by a follower. Carries no term.</summary>
    Propose,

    /// <summary>The leader's entries after (LogTerm, Index), possibly none, and its commit index.</summary>
    Append,

    /// <summary>The answer to <see cref="Append"/> and <see cref="Snapshot"/>: a durable index, or a rejection with a hint.</summary>
    AppendResponse,

    /// <summary>A candidate asks for a vote; (LogTerm, Index) is its last entry.</summary>
    Vote,

    /// <summary>The answer to <see cref="Vote"/>.</summary>
    VoteResponse,

    /// <summary>Asks whether a vote would be given in the term that the message carries.</summary>
    PreVote,

    /// <summary>The answer to <see cref="PreVote"/>.</summary>
    PreVoteResponse,

    /// <summary>The leader's snapshot for a replica whose entries the leader no longer has.</summary>
    Snapshot,

    /// <summary>The leader is alive; carries a commit index that is safe for the receiver.</summary>
    Heartbeat,

    /// <summary>The answer to <see cref="Heartbeat"/>.</summary>
    HeartbeatResponse,

    /// <summary>
    /// The leader puts the group to sleep: everybody's log ends at (LogTerm, Index), which is also the commit index. Answered only by whom it does
    /// not fit, as a heartbeat.
    /// </summary>
    Quiesce,

    /// <summary>Asks the leader to hand over to the replica in Context.</summary>
    TransferLeader,

    /// <summary>The leader tells its successor to campaign at once.</summary>
    TimeoutNow,

    /// <summary>Asks the leader for an index at which a read is linearizable. Carries no term.</summary>
    ReadIndex,

    /// <summary>The answer to <see cref="ReadIndex"/>.</summary>
    ReadIndexResponse,

    /// <summary>To the append thread: write entries, hard state and snapshot, then deliver the responses.</summary>
    StorageAppend,

    /// <summary>From the append thread: everything up to (LogTerm, Index) is durable.</summary>
    StorageAppendResponse,

    /// <summary>To the apply thread: apply these entries, then deliver the responses.</summary>
    StorageApply,

    /// <summary>From the apply thread: these entries are applied.</summary>
    StorageApplyResponse,
}
