using Bayou.Raft.Quorum;

namespace Bayou.Raft.Membership;

/// <summary>
/// The members that hold now, as sorted arrays.
/// Invariants: Outgoing is empty unless joint; LearnersNext is a subset of Outgoing; learners are in neither list of voters;
/// AutoLeave only while joint.
/// </summary>
internal sealed class MemberSet
{
    public static readonly MemberSet Empty = new([], [], [], [], isAutoLeave: false);

    private readonly ulong[] _voters;
    private readonly ulong[] _outgoing;

    public MemberSet(
        IEnumerable<ulong> voters,
        IEnumerable<ulong> outgoing,
        IEnumerable<ulong> learners,
        IEnumerable<ulong> learnersNext,
        bool isAutoLeave)
    {
        _voters = [.. voters.Order()];
        _outgoing = [.. outgoing.Order()];
        AllVoters = [.. _voters.Union(_outgoing).Order()];
        ConfState = new ConfState
        {
            Voters = _voters,
            VotersOutgoing = _outgoing,
            Learners = [.. learners.Order()],
            LearnersNext = [.. learnersNext.Order()],
            AutoLeave = isAutoLeave,
        };
    }

    public ConfState ConfState { get; }

    /// <summary>Everyone whose vote counts, each once.</summary>
    public IReadOnlyList<ulong> AllVoters { get; }

    public bool IsJoint => _outgoing.Length > 0;

    public bool IsAutoLeave => ConfState.AutoLeave;

    /// <summary>Whether one voter decides alone.</summary>
    public bool IsSingleVoter => _voters.Length == 1 && _outgoing.Length == 0;

    public bool HasVoter(ulong id) => AllVoters.Contains(id);

    public ulong CommittedIndex<T>(T acknowledged)
        where T : IAcknowledgedIndexes =>
        JointQuorum.CommittedIndex(_voters, _outgoing, acknowledged);

    public VoteResult Decide<T>(T ballots)
        where T : IBallots =>
        JointQuorum.Decide(_voters, _outgoing, ballots);
}
