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
        Gen.Select(Voters, Indexes).Sample((voters, table) =>
            Assert.Equal(HighestOfAnyMajority(voters, table), MajorityQuorum.CommittedIndex(voters, table)));

    [Fact]
    public void JointCommittedIndex_IsTheHighestThatSomeMajorityOfEachHasReached() =>
        Gen.Select(Voters, Voters, Indexes).Sample((incoming, outgoing, table) =>
            Assert.Equal(
                Math.Min(HighestOfAnyMajority(incoming, table), HighestOfAnyMajority(outgoing, table)),
                JointQuorum.CommittedIndex(incoming, outgoing, table)));

    [Fact]
    public void Decision_IsWonIfAMajoritySaidYesAndLostIfNoneStillCan() =>
        Gen.Select(Voters, Indexes).Sample((voters, table) => Assert.Equal(Decided(voters, table), MajorityQuorum.Decide(voters, table)));

    [Fact]
    public void JointDecision_NeedsBothAndIsLostByEither() =>
        Gen.Select(Voters, Voters, Indexes).Sample((incoming, outgoing, table) =>
        {
            var (one, other) = (Decided(incoming, table), Decided(outgoing, table));
            var expected = one == VoteResult.Won && other == VoteResult.Won ? VoteResult.Won
                : one == VoteResult.Lost || other == VoteResult.Lost ? VoteResult.Lost
                : VoteResult.Pending;
            Assert.Equal(expected, JointQuorum.Decide(incoming, outgoing, table));
        });

    [Fact]
    public void AnyTwoMajorities_Meet() =>
        Voters.Where(static voters => voters.Length > 0).Sample(voters =>
        {
            var majorities = Subsets(voters).Where(set => IsMajority(set, voters)).ToList();
            Assert.All(majorities, one => Assert.All(majorities, other => Assert.NotEmpty(one.Intersect(other))));
        });

    [Fact]
    public void MoreVotersThanFitOnTheStack_AreCountedAlike()
    {
        ulong[] voters = [.. Enumerable.Range(1, 101).Select(static i => (ulong)i)];
        Assert.Equal(51ul, MajorityQuorum.CommittedIndex(voters, default(OwnId)));
    }

    private static ulong HighestOfAnyMajority(ulong[] voters, Table table) =>
        voters.Length == 0
            ? ulong.MaxValue
            : Subsets(voters).Where(set => IsMajority(set, voters)).Max(set => set.Min(table.AcknowledgedBy));

    private static VoteResult Decided(ulong[] voters, Table table)
    {
        if (voters.Length == 0)
        {
            return VoteResult.Won;
        }

        var majorities = Subsets(voters).Where(set => IsMajority(set, voters)).ToList();
        return majorities.Exists(set => Array.TrueForAll(set, v => table.AnswerOf(v) == true)) ? VoteResult.Won
            : majorities.Exists(set => Array.TrueForAll(set, v => table.AnswerOf(v) != false)) ? VoteResult.Pending
            : VoteResult.Lost;
    }

    private static bool IsMajority(ulong[] set, ulong[] voters) => 2 * set.Length > voters.Length;

    private static IEnumerable<ulong[]> Subsets(ulong[] voters) =>
        Enumerable.Range(1, (1 << voters.Length) - 1).Select(mask => voters.Where((_, i) => (mask >> i & 1) != 0).ToArray());

    /// <summary>An index for each id; as answers, 0 is none, even is no and odd is yes.</summary>
    private sealed record Table(ulong[] Values) : IAcknowledgedIndexes, IBallots
    {
        public ulong AcknowledgedBy(ulong voter) => Values[voter];

        public bool? AnswerOf(ulong voter) => Values[voter] == 0 ? null : Values[voter] % 2 == 1;
    }

    private readonly struct OwnId : IAcknowledgedIndexes
    {
        public ulong AcknowledgedBy(ulong voter) => voter;
    }
}
