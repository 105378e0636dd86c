using Bayou.Raft.Membership;

namespace Bayou.Raft;

/// <summary>
/// A replica whose group sleeps: what <see cref="RaftNode.Wake"/> needs to put it back in the same role. At that moment every member
/// held the same log, all of it durable, committed and applied, and ending in the current term, so that little is left to remember.
/// The membership is shared with other groups if <see cref="RaftOptions.Memberships"/> is.
/// </summary>
public readonly struct HibernatedNode
{
    internal HibernatedNode(HardState hardState, ulong leader, MemberSet members, VoteRestriction restriction)
    {
        Term = hardState.Term;
        Vote = hardState.Vote;
        LastIndex = hardState.Commit;
        Leader = leader;
        Members = members;
        VoteRestriction = restriction;
    }

    /// <summary>The current term, which is also that of the last entry.</summary>
    public ulong Term { get; }

    /// <summary>Whom the replica voted for in it.</summary>
    public ulong Vote { get; }

    /// <summary>The leader; the replica itself if it leads.</summary>
    public ulong Leader { get; }

    /// <summary>The last entry of the log, which is committed and applied.</summary>
    public ulong LastIndex { get; }

    /// <summary>What the replica may not do after a loss.</summary>
    public VoteRestriction VoteRestriction { get; }

    /// <summary>The hard state that <see cref="Term"/>, <see cref="Vote"/> and <see cref="LastIndex"/> amount to.</summary>
    public HardState HardState => new(Term, Vote, LastIndex);

    /// <summary>The membership.</summary>
    public ConfState ConfState => Members.ConfState;

    internal MemberSet Members { get; }
}
