using Bayou.Raft.Quorum;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Quorum;

/// <summary>Quorums against the plainest definition that one can try out: over every subset of the voters.</summary>
public sealed class QuorumPropertyTests
{
    private const int MaxId = 6;

    private static readonly Gen<ulong[]> Voters = Gen.ULong[1, MaxId].HashSet[0, MaxId].Select(static set => set.Order().ToArray());

    private static readonly Gen<Table> Indexes = Gen.ULong[0, 5].Array[MaxId + 1].Select(static values => new Table(values));

    [Fact]
    public void CommittedIndex_IsTheHighestThatSomeMajorityHasReached() =>
        Gen.Select(Voters, Indexes).SampleMany((voters, table) =>
            Assert.True(HighestOfAnyMajority(voters, table) == MajorityQuorum.CommittedIndex(voters, table)));

    [Fact]
    public void JointCommittedIndex_IsTheHighestThatSomeMajorityOfEachHasReached() =>
        Gen.Select(Voters, Voters, Indexes).SampleMany((incoming, outgoing, table) =>
            Assert.True(
                Math.Min(HighestOfAnyMajority(incoming, table), HighestOfAnyMajority(outgoing, table))
                == JointQuorum.CommittedIndex(incoming, outgoing, table)));

    [Fact]
    public void Decision_IsWonIfAMajoritySaidYesAndLostIfNoneStillCan() =>
        Gen.Select(Voters, Indexes).SampleMany((voters, table) => Assert.True(Decided(voters, table) == MajorityQuorum.Decide(voters, table)));

    [Fact]
    public void JointDecision_NeedsBothAndIsLostByEither() =>
        Gen.Select(Voters, Voters, Indexes).SampleMany((incoming, outgoing, table) =>
        {
            var (one, other) = (Decided(incoming, table), Decided(outgoing, table));
            var expected = one == VoteResult.Won && other == VoteResult.Won ? VoteResult.Won
                : one == VoteResult.Lost || other == VoteResult.Lost ? VoteResult.Lost
                : VoteResult.Pending;
            Assert.True(expected == JointQuorum.Decide(incoming, outgoing, table));
        });

    [Fact]
    public void TwoCandidatesWithoutACommonVoter_DoNotBothWin() =>
        Gen.Select(Voters, Voters, Indexes).SampleMany((incoming, outgoing, table) =>
        {
            var isDecided = JointQuorum.Decide(incoming, outgoing, table) == VoteResult.Won;
            var isOtherDecided = JointQuorum.Decide(incoming, outgoing, table.Opposite()) == VoteResult.Won;
            Assert.True(incoming.Length + outgoing.Length == 0 || !(isDecided && isOtherDecided));
        });

    [Fact]
    public void MoreVotersThanFitOnTheStack_AreCountedAlike()
    {
        ulong[] voters = [.. Enumerable.Range(1, 101).Select(static i => (ulong)i)];
        Assert.Equal(51ul, MajorityQuorum.CommittedIndex(voters, default(OwnId)));
    }

    private static ulong HighestOfAnyMajority(ulong[] voters, Table table)
    {
        if (voters.Length == 0)
        {
            return ulong.MaxValue;
        }

        var highest = 0ul;
        foreach (var majority in Majorities(voters.Length))
        {
            var lowest = ulong.MaxValue;
            for (var i = 0; i < voters.Length; i++)
            {
                lowest = Contains(majority, i) ? Math.Min(lowest, table.AcknowledgedBy(voters[i])) : lowest;
            }

            highest = Math.Max(highest, lowest);
        }

        return highest;
    }

    private static VoteResult Decided(ulong[] voters, Table table)
    {
        if (voters.Length == 0)
        {
            return VoteResult.Won;
        }

        var (isWon, isOpen) = (false, false);
        foreach (var majority in Majorities(voters.Length))
        {
            var (allSaidYes, noneSaidNo) = (true, true);
            for (var i = 0; i < voters.Length; i++)
            {
                allSaidYes &= !Contains(majority, i) || table.AnswerOf(voters[i]) == true;
                noneSaidNo &= !Contains(majority, i) || table.AnswerOf(voters[i]) != false;
            }

            isWon |= allSaidYes;
            isOpen |= noneSaidNo;
        }

        return isWon ? VoteResult.Won : isOpen ? VoteResult.Pending : VoteResult.Lost;
    }

    /// <summary>Every subset that is more than half, as a mask of positions.</summary>
    private static IEnumerable<int> Majorities(int count) =>
        Enumerable.Range(0, 1 << count).Where(mask => 2 * int.PopCount(mask) > count);

    private static bool Contains(int mask, int position) => (mask >> position & 1) != 0;

    /// <summary>An index for each id; as answers, 0 is none, even is no and odd is yes.</summary>
    private sealed record Table(ulong[] Values) : IAcknowledgedIndexes, IBallots
    {
        public ulong AcknowledgedBy(ulong voter) => Values[voter];

        public bool? AnswerOf(ulong voter) => Values[voter] == 0 ? null : Values[voter] % 2 == 1;

        /// <summary>Whoever said yes says no, and whoever did not says yes.</summary>
        public Table Opposite() => new([.. Values.Select(static value => value % 2 == 1 ? 2ul : 1)]);
    }

    private readonly struct OwnId : IAcknowledgedIndexes
    {
        public ulong AcknowledgedBy(ulong voter) => voter;
    }
}
