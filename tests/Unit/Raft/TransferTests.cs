using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§3.10 of the thesis: handing leadership over.</summary>
public sealed class TransferTests
{
    [Fact]
    public void SuccessorWithTheWholeLog_LeadsAtOnce()
    {
        var cluster = NewCluster();
        cluster[1].Node.TransferLeadership(2);
        cluster.Run();
        Assert.Equal((RaftRole.Leader, RaftRole.Follower, 2ul), (cluster[2].Node.Role, cluster[1].Node.Role, cluster[1].Node.Leader));
    }

    [Fact]
    public void RequestAtAFollower_IsSentToTheLeader()
    {
        var cluster = NewCluster();
        cluster[3].Node.TransferLeadership(3);
        cluster.Run();
        Assert.Equal(RaftRole.Leader, cluster[3].Node.Role);
    }

    [Fact]
    public void SuccessorThatLacksEntries_IsBroughtUpToDateFirst()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster.Propose(1, 1);
        cluster.Heal();
        cluster[1].Node.TransferLeadership(3);
        cluster.Tick(1);
        Assert.Equal(RaftRole.Leader, cluster[3].Node.Role);
        Assert.Contains(cluster[3].Applied, e => e.Data.Length == 1);
    }

    [Fact]
    public void WhileHandingOver_ProposalsAreRefused()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster[1].Node.TransferLeadership(3);
        Assert.Equal(3ul, cluster[1].Node.TransferTarget);
        Assert.Equal(ProposeOutcome.TransferInProgress, cluster.Propose(1, 1).Outcome);
    }

    [Fact]
    public void SuccessorThatDoesNotTakeOverWithinAnElectionTimeout_IsGivenUp()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster[1].Node.TransferLeadership(3);
        cluster.Tick(1, 10);
        Assert.Equal((RaftRole.Leader, 0ul), (cluster[1].Node.Role, cluster[1].Node.TransferTarget));
        Assert.True(cluster.Propose(1, 1).IsAccepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void ItselfOrAStranger_IsNoSuccessor(ulong successor)
    {
        var cluster = NewCluster();
        cluster[1].Node.TransferLeadership(successor);
        cluster.Run();
        Assert.Equal((RaftRole.Leader, 0ul), (cluster[1].Node.Role, cluster[1].Node.TransferTarget));
    }

    [Fact]
    public void Learner_IsNoSuccessor()
    {
        var leader = new TestReplica(1, new ConfState { Voters = [1, 2], Learners = [3] });
        leader.Lead(2);
        leader.Node.TransferLeadership(3);
        Assert.Equal(0ul, leader.Node.TransferTarget);
    }

    [Fact]
    public void AnotherSuccessor_TakesThePlaceOfTheFirst()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster[1].Node.TransferLeadership(3);
        cluster[1].Node.TransferLeadership(2);
        cluster.Run();
        Assert.Equal(RaftRole.Leader, cluster[2].Node.Role);
    }

    [Fact]
    public void Transfer_OverridesTheLease()
    {
        var cluster = new TestCluster(3, options => options with { CheckQuorum = true, PreVote = true });
        cluster.Elect(1);
        cluster.Tick(1, 2);
        cluster[1].Node.TransferLeadership(2);
        cluster.Run();
        Assert.Equal(RaftRole.Leader, cluster[2].Node.Role);
    }

    [Fact]
    public void LeaderThatGoes_ChoosesTheFurthestVoter()
    {
        var cluster = NewCluster();
        cluster.Isolate(2);
        cluster.Propose(1, 1);
        cluster.Heal();
        Assert.True(cluster[1].Node.TryTransferLeadership(out var successor));
        Assert.Equal(3ul, successor);
        cluster.Run();
        Assert.Equal(RaftRole.Leader, cluster[3].Node.Role);
    }

    [Fact]
    public void LeaderThatGoes_PassesOverWhoeverIsSilent()
    {
        var cluster = new TestCluster(3, options => options with { CheckQuorum = true });
        cluster.Elect(1);
        cluster.Isolate(2);
        cluster.Tick(1, 11);
        Assert.True(cluster[1].Node.TryTransferLeadership(out var successor));
        Assert.Equal(3ul, successor);
    }

    [Fact]
    public void EqualSuccessors_AreChosenByChance()
    {
        var chosen = new SortedSet<ulong>();
        for (var seed = 0; seed < 20; seed++)
        {
            var leader = new TestReplica(1, TestReplica.Voters(3), o => o with { Random = new Random(seed) });
            leader.Lead(2);
            Assert.True(leader.Node.TryTransferLeadership(out var successor));
            chosen.Add(successor);
        }

        Assert.Equal([2ul, 3], chosen);
    }

    [Fact]
    public void WithoutAnotherVoter_NobodyTakesOver()
    {
        var alone = new TestReplica(1, new ConfState { Voters = [1], Learners = [2] });
        alone.Lead();
        Assert.False(alone.Node.TryTransferLeadership(out _));
        Assert.Equal(0ul, alone.Node.TransferTarget);
        Assert.False(NewCluster()[2].Node.TryTransferLeadership(out _));
    }

    private static TestCluster NewCluster()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        return cluster;
    }
}
