using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§9.6 of the thesis, pre-vote, and §6.2, a leader that steps down without a quorum.</summary>
public sealed class PreVoteTests
{
    [Fact]
    public void PreCandidate_ChangesNeitherTermNorVote()
    {
        var replica = TestReplica.Of(3, WithPreVote);
        replica.Node.Campaign();
        var requests = replica.Work();
        Assert.Equal((RaftRole.PreCandidate, 0ul, 0ul), (replica.Node.Role, replica.Node.Term, replica.Node.Vote));
        Assert.All(requests, r => Assert.Equal((MessageKind.PreVote, 1ul), (r.Kind, r.Term)));
    }

    [Fact]
    public void PreVotesOfAMajority_StartTheElection()
    {
        var replica = TestReplica.Of(3, WithPreVote);
        replica.Node.Campaign();
        replica.Work();
        var requests = replica.Receive(new RaftMessage { Kind = MessageKind.PreVoteResponse, From = 2, To = 1, Term = 1 });
        Assert.Equal((RaftRole.Candidate, 1ul, 1ul), (replica.Node.Role, replica.Node.Term, replica.Node.Vote));
        Assert.All(requests, r => Assert.Equal(MessageKind.Vote, r.Kind));
    }

    [Fact]
    public void GrantedPreVote_BindsNobody()
    {
        var replica = TestReplica.Of(3, WithPreVote);
        foreach (var candidate in new ulong[] { 2, 3 })
        {
            var answer = replica.Receive(new RaftMessage { Kind = MessageKind.PreVote, From = candidate, To = 1, Term = 1 }).Single();
            Assert.False(answer.IsRejected);
        }

        Assert.Equal((0ul, 0ul), (replica.Node.Term, replica.Node.Vote));
    }

    [Fact]
    public void ReplicaThatWasCutOff_DoesNotDeposeTheLeaderWhenItComesBack()
    {
        var cluster = new TestCluster(3, options => options with { PreVote = true, CheckQuorum = true });
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Tick(3, 100);
        cluster.Heal();
        cluster.Tick(1, 2);
        Assert.Equal((RaftRole.Leader, 1ul), (cluster[1].Node.Role, cluster[1].Node.Term));
        Assert.Equal((RaftRole.Follower, 1ul), (cluster[3].Node.Role, cluster[3].Node.Leader));
    }

    [Fact]
    public void WithoutPreVote_ReplicaThatWasCutOff_DeposesTheLeader()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Tick(3, 100);
        cluster.Heal();
        cluster.Tick(3, 20);
        Assert.True(cluster[1].Node.Term > 1);
        Assert.NotEqual(RaftRole.Leader, cluster[1].Node.Role);
    }

    [Fact]
    public void PreVoteOfALaterTerm_IsRefusedByALongerLog()
    {
        var replica = TestReplica.Of(3, WithPreVote, TestReplica.LogOf(TestReplica.Voters(3), 1, 2));
        var answer = replica.Receive(new RaftMessage { Kind = MessageKind.PreVote, From = 2, To = 1, Term = 9, Index = 9, LogTerm = 1 }).Single();
        Assert.Equal((true, 2ul), (answer.IsRejected, answer.Term));
        Assert.Equal(2ul, replica.Node.Term);
    }

    [Fact]
    public void PreVoteOfAnEarlierTerm_IsAnsweredWithOurs()
    {
        var replica = TestReplica.Of(3, WithPreVote);
        replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 2, To = 1, Term = 7 });
        var answer = replica.Receive(new RaftMessage { Kind = MessageKind.PreVote, From = 3, To = 1, Term = 3 }).Single();
        Assert.Equal((MessageKind.PreVoteResponse, true, 7ul), (answer.Kind, answer.IsRejected, answer.Term));
    }

    [Fact]
    public void LeaderWithoutAQuorum_StepsDownWithinTwoElectionTimeouts()
    {
        var cluster = new TestCluster(3, options => options with { CheckQuorum = true });
        cluster.Elect(1);
        cluster.Isolate(1);
        cluster.Tick(1, 20);
        Assert.Equal((RaftRole.Follower, 1ul, 0ul), (cluster[1].Node.Role, cluster[1].Node.Term, cluster[1].Node.Leader));
    }

    [Fact]
    public void LeaderWithAQuorum_StaysLeader()
    {
        var cluster = new TestCluster(3, options => options with { CheckQuorum = true });
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Tick(1, 100);
        Assert.Equal(RaftRole.Leader, cluster[1].Node.Role);
    }

    [Fact]
    public void SingleVoter_StaysLeader()
    {
        var cluster = new TestCluster(1, options => options with { CheckQuorum = true });
        cluster.Elect(1);
        cluster.Tick(1, 100);
        Assert.Equal(RaftRole.Leader, cluster[1].Node.Role);
    }

    [Theory]
    [InlineData(MessageKind.Vote)]
    [InlineData(MessageKind.PreVote)]
    public void FollowerThatHearsFromItsLeader_DoesNotAnswerCandidates(MessageKind kind)
    {
        var replica = TestReplica.Of(3, options => options with { CheckQuorum = true });
        replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 2, To = 1, Term = 1 });
        var request = new RaftMessage { Kind = kind, From = 3, To = 1, Term = 2 };
        Assert.Empty(replica.Receive(request));
        Assert.Equal(1ul, replica.Node.Term);

        replica.Node.ForgetLeader();
        Assert.False(replica.Receive(request).Single().IsRejected);
    }

    [Fact]
    public void ReplicaThatIsAheadAlone_WinsTheGroupBackToItsTerm()
    {
        // With the check of the quorum its requests for votes are not answered, so the leader must learn of the later term otherwise.
        var cluster = new TestCluster(3, options => options with { CheckQuorum = true });
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Tick(3, 30);
        cluster.Heal();
        for (var i = 0; i < 40; i++)
        {
            cluster.Tick(1);
            cluster.Tick(2);
        }

        Assert.Single(cluster.All, r => r.Node.Role == RaftRole.Leader);
        Assert.All(cluster.All, r => Assert.True(r.Node.Term > 1 && r.Node.Leader != 0));
    }

    private static RaftOptions WithPreVote(RaftOptions options) => options with { PreVote = true };
}
