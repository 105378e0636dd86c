namespace Bayou.Raft.Quorum;

/// <summary>
/// Decisions while the membership changes: both the incoming and the outgoing voters must agree, each by a majority of their own.
/// Outside a change the outgoing set is empty and has no say.
/// </summary>
internal static class JointQuorum
{
    /// <summary>The highest index that both majorities have acknowledged.</summary>
    public static ulong CommittedIndex<T>(ReadOnlySpan<ulong> incoming, ReadOnlySpan<ulong> outgoing, T acknowledged)
        where T : IAcknowledgedIndexes =>
        Math.Min(
            MajorityQuorum.CommittedIndex(incoming, acknowledged),
            MajorityQuorum.CommittedIndex(outgoing, acknowledged));

    /// <summary>Lost as soon as one majority is lost, won when both are won.</summary>
    public static VoteResult Decide<T>(ReadOnlySpan<ulong> incoming, ReadOnlySpan<ulong> outgoing, T ballots)
        where T : IBallots
    {
        var one = MajorityQuorum.Decide(incoming, ballots);
        var other = MajorityQuorum.Decide(outgoing, ballots);
        return one == other ? one
            : one == VoteResult.Lost || other == VoteResult.Lost ? VoteResult.Lost
            : VoteResult.Pending;
    }
}
