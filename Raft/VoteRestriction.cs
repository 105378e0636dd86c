namespace Bayou.Raft;

/// <summary>
/// What a replica may not do after its disk lost something that it had promised. It is the position (last term, last index) that a log must
/// have reached to be trusted: the replica votes only for candidates whose log is at least as up to date (§5.4.1), and does not campaign while
/// its own durable log is not. <see cref="NoVote"/> is the position that no log reaches.
/// <para>
/// <b>Lost entries need a floor, and a floor suffices.</b> Leader completeness rests on one voter in every election quorum who
/// acknowledged the entry in question and compares the candidate's log with its own. Of its own log it uses nothing but the last position, and
/// any log at least as up to date as one that held a committed entry holds it too. So a replica that remembers where its log ended before
/// the loss votes as it would have voted, with or without the entries. As soon as its durable log is that far again, the same sentence says that
/// it holds whatever it had acknowledged of what is committed, and the floor is gone. A floor that is too high costs availability only:
/// where the lost end is unknown, (own term, <see cref="ulong.MaxValue"/>) covers it, since nothing was acknowledged of a later term.
/// </para>
/// <para>
/// <b>Acknowledging is still right</b>: it says that the log equals the leader's up to an index and is durable, which is true again, and counts
/// for no more than that. The leader is told about the loss when it sends something that does not fit, and forgets how far the replica was.
/// </para>
/// <para>
/// <b>A lost hard state needs <see cref="NoVote"/></b>: a floor restrains whom it votes for, not how often, and a replica that
/// forgot its vote could give a second one in the same term. It may also have forgotten the term itself, and then even an acknowledgement would be
/// wrong: having elected a leader of a later term, it would help an earlier one to commit. So under <see cref="NoVote"/> it
/// acknowledges only what its leader has committed without it, and confirms no reads; it follows and catches up all the same.
/// </para>
/// <para>
/// <b>What the driver owes</b>: the log it hands over is a beginning of the one before the loss. Where a lost record may have replaced entries, they are
/// cut off, down to the commit index if need be. The restriction is kept on disk until <see cref="Ready.VoteRestriction"/> says otherwise, and a
/// second loss is added with <see cref="Max"/>.
/// </para>
/// </summary>
/// <param name="Term">The term of the last entry that a log must have, or a later one.</param>
/// <param name="Index">The index up to which a log that ends in that very term must reach.</param>
public readonly record struct VoteRestriction(ulong Term, ulong Index)
{
    /// <summary>Nothing was lost.</summary>
    public static readonly VoteRestriction None;

    /// <summary>The hard state is lost: no votes, no campaigns and no acknowledgement that counts, until <see cref="RaftNode.Lift"/>.</summary>
    public static readonly VoteRestriction NoVote = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Whether nothing is forbidden.</summary>
    public bool IsNone => this == None;

    /// <summary>Whether only the driver can end it.</summary>
    public bool IsNoVote => this == NoVote;

    /// <summary>Whether a log with this last entry is at least as up to date as the floor.</summary>
    public bool IsMetBy(ulong lastTerm, ulong lastIndex) => lastTerm > Term || (lastTerm == Term && lastIndex >= Index);

    /// <summary>The stricter one, which covers both losses.</summary>
    public static VoteRestriction Max(VoteRestriction one, VoteRestriction other) => one.IsMetBy(other.Term, other.Index) ? other : one;
}
