using Bayou.Raft;
using Bayou.Raft.Membership;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>Sleep when something goes wrong: a word that is lost or late, a leader that dies, a replica that lags or is started again.</summary>
public sealed class HibernationFaultTests
{
    [Fact]
    public void FollowerThatMissedTheQuiesce_WakesTheLeaderAndFollowsIt()
    {
        var cluster = NewCluster();
        cluster.Loses = static m => m is { Kind: MessageKind.Quiesce, To: 3 };
        cluster.Sleep(1);
        Assert.Equal((true, true, false), (cluster[1].IsAsleep, cluster[2].IsAsleep, cluster[3].IsAsleep));

        cluster.Tick(3, 20);
        Assert.False(cluster[1].IsAsleep);
        Assert.Equal((RaftRole.PreCandidate, 1ul), (cluster[3].Node.Role, cluster[3].Node.Term));

        cluster.Tick(1);
        Assert.Equal((RaftRole.Leader, 1ul), (cluster[1].Node.Role, cluster[1].Node.Term));
        Assert.Equal((RaftRole.Follower, 1ul), (cluster[3].Node.Role, cluster[3].Node.Leader));
        cluster.Loses = static _ => false;
        cluster.Sleep(1);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
    }

    [Fact]
    public void LeaderDiesWhileAllSleep_DriverElectsAnother()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster.Isolate(1);
        cluster[2].Node.ForgetLeader();
        cluster[3].Node.ForgetLeader();
        cluster[2].Node.Campaign();
        cluster.Run();
        Assert.Equal((RaftRole.Leader, 2ul), (cluster[2].Node.Role, cluster[2].Node.Term));

        // The old leader slept through it; the first message it gets shows it the later term.
        Assert.True(cluster[1].IsAsleep);
        cluster.Heal();
        cluster.Tick(2);
        Assert.Equal((RaftRole.Follower, 2ul, 2ul), (cluster[1].Node.Role, cluster[1].Node.Term, cluster[1].Node.Leader));
        cluster.Tick(2);
        cluster.Sleep(2);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
    }

    [Fact]
    public void WokenFollower_HoldsOnToItsLeaderForAFreshElectionTimeout()
    {
        var cluster = NewCluster();
        cluster.Tick(2, 9);
        cluster.Tick(1);
        cluster.Sleep(1);
        cluster.Isolate(1);
        cluster[3].Node.Campaign();
        cluster.Run();
        Assert.Equal(RaftRole.PreCandidate, cluster[3].Node.Role);
        cluster.Tick(2, 9);
        Assert.Equal((RaftRole.Follower, 1ul), (cluster[2].Node.Role, cluster[2].Node.Leader));
        cluster.Tick(2, 20);
        Assert.Equal((RaftRole.Leader, 2ul), (cluster[2].Node.Role, cluster[2].Node.Term));
    }

    [Fact]
    public void LeaderThatWakesAlone_StepsDown()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster.Isolate(1);
        cluster.Tick(1, 19);
        Assert.Equal(RaftRole.Leader, cluster[1].Node.Role);
        cluster.Tick(1);
        Assert.Equal(RaftRole.Follower, cluster[1].Node.Role);
    }

    [Fact]
    public void LeaderThatWasReplacedInItsSleep_AnswersNoRead()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster.Isolate(1);
        cluster[2].Node.ForgetLeader();
        cluster[3].Node.ForgetLeader();
        cluster[2].Node.Campaign();
        cluster.Propose(2, 9);
        cluster[1].Node.ReadIndex(5);
        cluster.Run();
        Assert.Empty(cluster[1].Reads);
        cluster.Heal();
        cluster.Tick(1, 2);
        Assert.Empty(cluster[1].Reads);
        Assert.Equal(RaftRole.Follower, cluster[1].Node.Role);
    }

    [Fact]
    public void QuiesceOfAnEarlierTerm_WakesItsSenderWithTheLaterOne()
    {
        var cluster = NewCluster();
        var stale = Quiesce(cluster[1].Node, to: 2);
        cluster.Isolate(1);
        cluster[1].Sleep();
        cluster[2].Node.ForgetLeader();
        cluster[3].Node.ForgetLeader();
        cluster[2].Node.Campaign();
        cluster.Run();
        var answer = cluster[3].Receive(stale with { To = 3 }).Single();
        Assert.False(cluster[3].IsAsleep);
        Assert.Equal((MessageKind.AppendResponse, 1ul, 2ul), (answer.Kind, answer.To, answer.Term));
        cluster[1].Receive(answer);
        Assert.Equal((RaftRole.Follower, 2ul), (cluster[1].Node.Role, cluster[1].Node.Term));
    }

    [Fact]
    public void QuiesceThatAnAppendHasOvertaken_IsAnsweredLikeAHeartbeat()
    {
        var cluster = NewCluster();
        var stale = Quiesce(cluster[1].Node, to: 2);
        cluster.Propose(1, 1);
        var answer = cluster[2].Receive(stale).Single();
        Assert.Equal((MessageKind.HeartbeatResponse, 1ul), (answer.Kind, answer.To));
        Assert.False(cluster[2].IsAsleep);
    }

    [Fact]
    public void QuiesceBeforeTheEntriesItSpeaksOf_IsAnsweredLikeAHeartbeat()
    {
        // It cannot come from a leader that counted this follower's acknowledgement, so the commit index would be beyond the log.
        var follower = NewCluster()[2];
        var message = new RaftMessage { Kind = MessageKind.Quiesce, From = 1, To = 2, Term = 1, Index = 3, LogTerm = 1, Commit = 2 };
        Assert.Equal(MessageKind.HeartbeatResponse, follower.Receive(message).Single().Kind);
    }

    [Fact]
    public void QuiesceForALogThatIsNotDurable_IsAnsweredLikeAHeartbeat()
    {
        var follower = NewCluster()[2].Node;
        follower.Step(new RaftMessage
        {
            Kind = MessageKind.Append, From = 1, To = 2, Term = 1, Index = 2, LogTerm = 1, Commit = 2,
            Entries = new[] { new Entry(3, 1, EntryKind.Normal, default) },
        });
        follower.TakeReady();
        follower.Step(new RaftMessage { Kind = MessageKind.Quiesce, From = 1, To = 2, Term = 1, Index = 3, LogTerm = 1, Commit = 3 });
        var ready = follower.TakeReady();
        Assert.Null(ready.SoftState);
        Assert.Contains(ready.Messages.ToArray(), m => m.Kind == MessageKind.HeartbeatResponse);
    }

    [Fact]
    public void FollowerThatHasNotHeardOfTheCommit_LearnsItAndSleepsWhenItHasAppliedIt()
    {
        var cluster = NewCluster();
        cluster.Loses = static m => m is { Kind: MessageKind.Append, To: 3, Entries.IsEmpty: true };
        cluster.Propose(1, 1);
        Assert.Equal(2ul, cluster[3].Node.CommitIndex);
        var node = cluster[3].Node;
        node.Step(Quiesce(cluster[1].Node, to: 3));
        var ready = node.TakeReady();
        Assert.Null(ready.SoftState);
        Assert.False(node.CanHibernate);
        node.Step(ready.Messages.ToArray().Single(m => m.Kind == MessageKind.StorageApply).Responses[0]);
        Assert.Equal(new SoftState(1, RaftRole.Follower, IsQuiesced: true), node.TakeReady().SoftState);
        Assert.True(node.CanHibernate);
    }

    [Theory]
    [InlineData(MessageKind.Heartbeat)]
    [InlineData(MessageKind.PreVote)]
    [InlineData(MessageKind.Vote)]
    [InlineData(MessageKind.ReadIndexResponse)]
    public void WordFromAnybody_RevokesTheLeaveToSleep(MessageKind kind)
    {
        var cluster = NewCluster();
        var node = cluster[2].Node;
        node.Step(Quiesce(cluster[1].Node, to: 2));
        Assert.True(node.TakeReady().SoftState is { IsQuiesced: true });
        node.Step(new RaftMessage { Kind = kind, From = kind == MessageKind.Heartbeat ? 1ul : 3, To = 2, Term = 1 });
        Assert.False(node.CanHibernate);
        Assert.True(node.TakeReady().SoftState is { IsQuiesced: false });
    }

    [Fact]
    public void PreCandidate_FollowsTheLeaderThatSaysGoodNight()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster.Tick(3, 20);
        Assert.Equal(RaftRole.PreCandidate, cluster[3].Node.Role);
        cluster.Heal();
        cluster.Sleep(1);
        Assert.True(cluster[3].IsAsleep);
        Assert.Equal(1ul, cluster[3].Node.Leader);
    }

    [Fact]
    public void ReplicaRestartedWhileTheOthersSleep_FindsTheirLeader()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster[2].Restart();
        cluster.Tick(2, 20);
        cluster.Tick(1);
        Assert.Equal((RaftRole.Leader, 1ul, 1ul), (cluster[1].Node.Role, cluster[1].Node.Term, cluster[2].Node.Leader));
        cluster.Sleep(1);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
    }

    [Fact]
    public void LeaderRestartedWhileTheOthersSleep_IsFollowedAgainOrReplaced()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster[1].Restart();
        cluster.Tick(1, 20);
        Assert.NotEqual(RaftRole.Leader, cluster[1].Node.Role);
        cluster.Tick(2, 30);
        cluster.Tick(3, 30);
        Assert.Single(cluster.All, r => r.Node.Role == RaftRole.Leader);
        Assert.Equal(3, cluster.All.Count(r => r.Node is { Term: 2, CommitIndex: 3 }));
    }

    [Fact]
    public void NewLearner_MustHaveTheLogBeforeTheGroupSleeps_AndSleepsWithIt()
    {
        var cluster = NewCluster();
        cluster.Add(4, TestReplica.Voters(3));
        cluster.Isolate(4);
        cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddLearner, 4));
        cluster.Run();
        Assert.Equal(cluster[1].Node.LastIndex, cluster[1].Node.AppliedIndex);
        Assert.False(cluster[1].Node.CanHibernate);
        cluster.Heal();
        cluster.Tick(1, 2);
        cluster.Sleep(1);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
        Assert.All(cluster.All, r => Assert.Equal([4ul], r.Node.ConfState.Learners));
    }

    [Fact]
    public void FollowerThatHasNotAppliedTheLastChange_AppliesItBeforeItSleeps()
    {
        var cluster = NewCluster();
        cluster.Loses = static m => m is { Kind: MessageKind.Append, To: 2, Entries.IsEmpty: true };
        cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 3));
        cluster.Run();
        Assert.Equal(TestReplica.Voters(3), cluster[2].Node.ConfState);
        cluster.Sleep(1);
        Assert.True(cluster[2].IsAsleep);
        Assert.Equal(TestReplica.Voters(2), cluster[2].Node.ConfState);
        Assert.Equal(TestReplica.Voters(2), cluster[1].Node.ConfState);
        Assert.True(cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddLearner, 3)).IsAccepted);
    }

    private static TestCluster NewCluster()
    {
        var cluster = new TestCluster(3, static options => options with { PreVote = true, CheckQuorum = true });
        cluster.Elect(1);
        Assert.True(cluster.Propose(1, 1).IsAccepted);
        return cluster;
    }

    private static RaftMessage Quiesce(RaftNode leader, ulong to) => new()
    {
        Kind = MessageKind.Quiesce, From = leader.Id, To = to, Term = leader.Term, Index = leader.LastIndex, LogTerm = leader.LastTerm, Commit = leader.CommitIndex,
    };
}
