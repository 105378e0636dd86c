namespace Bayou.Raft.Quorum;

/// <summary>
/// Decisions by a majority of one set of voters. The empty set decides everything at once: it wins every vote and limits no index,
/// which makes it the neutral half of a <see cref="JointQuorum"/>.
/// </summary>
internal static class MajorityQuorum
{
    private const int MaxVotersOnStack = 32;

    /// <summary>How many of <paramref name="voterCount"/> voters make a majority.</summary>
    public static int SizeOf(int voterCount) => (voterCount / 2) + 1;

    /// <summary>The highest index that a majority has acknowledged.</summary>
    public static ulong CommittedIndex<T>(ReadOnlySpan<ulong> voters, T acknowledged)
        where T : IAcknowledgedIndexes
    {
        if (voters.IsEmpty)
        {
            return ulong.MaxValue;
        }

        var indexes = voters.Length <= MaxVotersOnStack ? stackalloc ulong[voters.Length] : new ulong[voters.Length];
        for (var i = 0; i < voters.Length; i++)
        {
            indexes[i] = acknowledged.AcknowledgedBy(voters[i]);
        }

        // In ascending order, the majority of the indexes begins where as many lie before it as may be missing.
        indexes.Sort();
        return indexes[voters.Length - SizeOf(voters.Length)];
    }

    /// <summary>Whether a majority said yes, or can no longer do so.</summary>
    public static VoteResult Decide<T>(ReadOnlySpan<ulong> voters, T ballots)
        where T : IBallots
    {
        if (voters.IsEmpty)
        {
            return VoteResult.Won;
        }

        var granted = 0;
        var missing = 0;
        foreach (var voter in voters)
        {
            switch (ballots.AnswerOf(voter))
            {
                case true:
                    granted++;
                    break;
                case null:
                    missing++;
                    break;
            }
        }

        var needed = SizeOf(voters.Length);
        return granted >= needed ? VoteResult.Won
            : granted + missing >= needed ? VoteResult.Pending
            : VoteResult.Lost;
    }
}
