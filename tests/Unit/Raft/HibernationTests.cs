using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Raft.Replication;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>Groups that fall asleep when there is nothing to do: when they may, and what wakes them.</summary>
public sealed class HibernationTests
{
    [Fact]
    public void LevelGroup_FallsAsleepWithOneMessageToEachMember()
    {
        var cluster = NewCluster();
        cluster.Delivered.Clear();
        cluster.Sleep(1);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
        Assert.Equal([(MessageKind.Quiesce, 2ul), (MessageKind.Quiesce, 3ul)], cluster.Delivered.Select(m => (m.Kind, m.To)));
    }

    [Fact]
    public void WokenReplicas_AreWhatTheyWere()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        Assert.Equal([RaftRole.Leader, RaftRole.Follower, RaftRole.Follower], cluster.All.Select(r => r.Node.Role));
        foreach (var node in cluster.All.Select(r => r.Node))
        {
            Assert.Equal((1ul, 1ul, 1ul), (node.Term, node.Vote, node.Leader));
            Assert.Equal((2ul, 2ul, 2ul, 2ul), (node.LastIndex, node.CommitIndex, node.ApplyingIndex, node.AppliedIndex));
            Assert.Equal(TestReplica.Voters(3), node.ConfState);
            Assert.False(node.HasReady);
        }
    }

    [Fact]
    public void WokenLeader_CountsItsFollowersAsLevel()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        foreach (var member in cluster[1].Node.Members)
        {
            Assert.Equal((ProgressState.Replicate, 2ul, 3ul, false), (member.State, member.MatchIndex, member.NextIndex, member.IsPaused));
        }
    }

    [Fact]
    public void Proposal_WakesTheGroupWithoutAnElection()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster.Delivered.Clear();
        Assert.True(cluster.Propose(1, 7).IsAccepted);
        Assert.All(cluster.All, r => Assert.Equal((3ul, 1ul), (r.Node.AppliedIndex, r.Node.Term)));
        Assert.DoesNotContain(cluster.Delivered, m => m.Kind is MessageKind.Vote or MessageKind.PreVote);
        Assert.Equal(1, cluster.Delivered.Count(m => m is { Kind: MessageKind.Append, To: 2, Entries.Length: > 0 }));
    }

    [Fact]
    public void FollowerAsked_WakesItsLeader()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        Assert.Equal(ProposeOutcome.Forwarded, cluster.Propose(3, 7).Outcome);
        Assert.All(cluster.All, r => Assert.Equal(7, r.Applied[^1].Data.Span[0]));
    }

    [Fact]
    public void GroupThatWoke_FallsAsleepAgain()
    {
        var cluster = NewCluster();
        for (byte i = 0; i < 5; i++)
        {
            cluster.Sleep(1);
            cluster.Propose(1, i);
        }

        cluster.Sleep(1);
        Assert.All(cluster.All, r => Assert.True(r.IsAsleep));
        Assert.All(cluster.All, r => Assert.Equal((7ul, 1ul), (r.Node.AppliedIndex, r.Node.Term)));
    }

    [Fact]
    public void LaggingVoter_KeepsTheGroupAwake()
    {
        var cluster = NewCluster();
        cluster.Isolate(3);
        cluster.Propose(1, 1);
        Assert.False(cluster[1].Node.TryHibernate(out _));
        cluster.Heal();
        cluster.Tick(1, 2);
        Assert.True(cluster[1].Node.CanHibernate);
    }

    [Fact]
    public void LaggingLearner_KeepsTheGroupAwake()
    {
        var leader = new TestReplica(1, new ConfState { Voters = [1, 2], Learners = [3] });
        leader.Lead(2);
        leader.Work();
        leader.Receive(Accept(2, 1));
        Assert.Equal(1ul, leader.Node.AppliedIndex);
        Assert.False(leader.Node.CanHibernate);
        leader.Receive(Accept(3, 1));
        Assert.True(leader.Node.CanHibernate);
    }

    [Fact]
    public void ProposalThatIsNotYetAppliedHere_KeepsTheGroupAwake()
    {
        var leader = TestReplica.Of(1);
        leader.Lead();
        leader.Work();
        leader.Node.Propose(new byte[] { 1 });
        Assert.False(leader.Node.CanHibernate);
        var append = leader.Node.TakeReady().Messages.ToArray().Single();
        Assert.False(leader.Node.CanHibernate);
        leader.Log.Append(append.Entries.Span);
        leader.Node.Step(append.Responses.Single(r => r.Kind == MessageKind.AppendResponse));
        leader.Node.Step(append.Responses.Single(r => r.Kind == MessageKind.StorageAppendResponse));
        Assert.Equal(2ul, leader.Node.CommitIndex);
        Assert.False(leader.Node.CanHibernate);
        leader.Work();
        Assert.True(leader.Node.CanHibernate);
    }

    [Fact]
    public void Transfer_KeepsTheGroupAwake()
    {
        var cluster = NewCluster();
        cluster.Loses = static m => m.Kind == MessageKind.TimeoutNow;
        cluster[1].Node.TransferLeadership(2);
        cluster.Run();
        Assert.False(cluster[1].Node.CanHibernate);
    }

    [Fact]
    public void ReadThatWaits_KeepsTheGroupAwake()
    {
        var cluster = NewCluster();
        cluster.Loses = static m => m.Kind == MessageKind.HeartbeatResponse;
        cluster[1].Node.ReadIndex(1);
        cluster.Run();
        Assert.False(cluster[1].Node.CanHibernate);
    }

    [Fact]
    public void JointConfiguration_KeepsTheGroupAwake()
    {
        var cluster = NewCluster();
        var change = new ConfChange { Steps = [new(ConfChangeKind.Remove, 3)], Transition = ConfChangeTransition.JointExplicit };
        cluster[1].Node.ProposeConfChange(change);
        cluster.Run();
        Assert.Equal(cluster[1].Node.LastIndex, cluster[1].Node.AppliedIndex);
        Assert.False(cluster[1].Node.CanHibernate);
        cluster[1].Node.ProposeConfChange(ConfChange.LeaveJoint);
        cluster.Run();
        Assert.True(cluster[1].Node.CanHibernate);
    }

    [Fact]
    public void ReadsByLease_AllowNoSleep()
    {
        var leader = TestReplica.Of(1, static o => o with { CheckQuorum = true, ReadOnlyOption = ReadOnlyOption.LeaseBased });
        leader.Lead();
        leader.Work();
        Assert.False(leader.Node.CanHibernate);
    }

    [Fact]
    public void FollowerThatWasNotTold_StaysAwake() => Assert.False(NewCluster()[2].Node.TryHibernate(out _));

    [Fact]
    public void Candidate_StaysAwake()
    {
        var replica = TestReplica.Of(3, log: TestReplica.LogOf(TestReplica.Voters(3)));
        replica.Node.Campaign();
        replica.Work();
        Assert.False(replica.Node.CanHibernate);
    }

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
    public void ReadOnAWokenLeader_IsConfirmedByItsFollowers()
    {
        var cluster = NewCluster();
        cluster.Sleep(1);
        cluster[1].Node.ReadIndex(5);
        cluster.Run();
        Assert.Equal(new ReadState(2, 5), Assert.Single(cluster[1].Reads));
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

    [Fact]
    public void SingleVoter_SleepsAndLeadsOnWithoutAnElectionOrAnEntry()
    {
        var replica = TestReplica.Of(1);
        replica.Lead();
        replica.Work();
        Assert.Empty(replica.Sleep());
        Assert.Equal((RaftRole.Leader, 1ul, 1ul), (replica.Node.Role, replica.Node.Term, replica.Node.LastIndex));
        replica.Node.ReadIndex(3);
        replica.Work();
        Assert.Equal(new ReadState(1, 3), Assert.Single(replica.Reads));
    }

    [Fact]
    public void LogCompactedToItsEnd_IsEnoughToWakeFrom()
    {
        var cluster = NewCluster();
        cluster[1].Node.TryHibernate(out var state);
        var log = new MemoryLog(state.HardState, state.ConfState, state.LastIndex, state.Term);
        var node = RaftNode.Wake(state, Options(1), log);
        Assert.Equal(new ProposeResult(ProposeOutcome.Accepted, 3, 1), node.Propose(new byte[] { 1 }));
        var append = node.TakeReady().Messages.ToArray().First(m => m.Kind == MessageKind.Append);
        Assert.Equal((2ul, 1ul, 1), (append.Index, append.LogTerm, append.Entries.Length));
    }

    [Fact]
    public void OtherLog_CannotBeWoken()
    {
        var cluster = NewCluster();
        cluster[1].Node.TryHibernate(out var state);
        Assert.Throws<RaftInvariantException>(() => RaftNode.Wake(state, Options(1), new MemoryLog(TestReplica.Voters(3))));
        cluster[1].Log.Append([new Entry(3, 1, EntryKind.Normal, default)]);
        Assert.Throws<RaftInvariantException>(() => RaftNode.Wake(state, Options(1), cluster[1].Log));
    }

    [Fact]
    public void NodeThatGaveItsStateAway_MayNotActAnyMore()
    {
        var cluster = NewCluster();
        var node = cluster[1].Node;
        Assert.True(node.TryHibernate(out _));
        Assert.All(node.TakeReady().Messages.ToArray(), m => Assert.Equal(MessageKind.Quiesce, m.Kind));
        Assert.False(node.TryHibernate(out _));
        node.Step(new RaftMessage { Kind = MessageKind.Vote, From = 2, To = 1, Term = 9, Index = 9, LogTerm = 9, IsTransfer = true });
        Assert.Throws<RaftInvariantException>(() => node.TakeReady());
    }

    [Fact]
    public void EqualMemberships_AreOneObject()
    {
        var pool = new MembershipPool();
        var one = new RaftNode(Options(1) with { Memberships = pool }, new MemoryLog(ConfState.OfVoters(1, 2, 3)));
        var other = new RaftNode(Options(1) with { Memberships = pool }, new MemoryLog(ConfState.OfVoters(3, 2, 1)));
        Assert.Same(one.ConfState, other.ConfState);
        for (var i = 0ul; i < 3000; i++)
        {
            var many = new RaftNode(Options(1) with { Memberships = pool }, new MemoryLog(ConfState.OfVoters(1, i + 2)));
            Assert.Equal(ConfState.OfVoters(1, i + 2), many.ConfState);
        }
    }

    [Fact]
    public void SleepingGroup_TakesAtMost256Bytes()
    {
        const int groups = 1000;
        var pool = new MembershipPool();
        var states = new HibernatedNode[groups];
        for (var i = 0; i < groups; i++)
        {
            var replica = TestReplica.Of(1, options => options with { Memberships = pool });
            replica.Lead();
            replica.Work();
            Assert.True(replica.Node.TryHibernate(out states[i]));
            Assert.Same(states[0].ConfState, states[i].ConfState);
        }

        // What a driver keeps: the state in an array, and the log, whose entries every member has.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var kept = new (HibernatedNode State, MemoryLog Log)[groups];
        for (var i = 0; i < groups; i++)
        {
            kept[i] = (states[i], new MemoryLog(states[i].HardState, states[i].ConfState, states[i].LastIndex, states[i].Term));
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / groups;
        Assert.InRange(bytes, 64, 256);
        Assert.Equal(RaftRole.Leader, RaftNode.Wake(kept[^1].State, Options(1), kept[^1].Log).Role);
    }

    private static TestCluster NewCluster()
    {
        var cluster = new TestCluster(3, static options => options with { PreVote = true, CheckQuorum = true });
        cluster.Elect(1);
        Assert.True(cluster.Propose(1, 1).IsAccepted);
        return cluster;
    }

    private static RaftOptions Options(ulong id) => new() { Id = id, Random = new Random(1) };

    private static RaftMessage Quiesce(RaftNode leader, ulong to) => new()
    {
        Kind = MessageKind.Quiesce, From = leader.Id, To = to, Term = leader.Term, Index = leader.LastIndex, LogTerm = leader.LastTerm, Commit = leader.CommitIndex,
    };

    private static RaftMessage Accept(ulong follower, ulong index) =>
        new() { Kind = MessageKind.AppendResponse, From = follower, To = 1, Term = 1, Index = index };
}
