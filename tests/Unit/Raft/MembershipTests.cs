using Bayou.Raft;
using Bayou.Raft.Membership;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§6 of the paper and chapter 4 of the thesis: changing the members.</summary>
public sealed class MembershipTests
{
    [Fact]
    public void AddedVoter_ReceivesTheLogAndVotes()
    {
        var cluster = NewCluster(3);
        cluster.Add(4, TestReplica.Voters(3));
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddVoter, 4));
        Assert.All(cluster.All, r => Assert.Equal(TestReplica.Voters(4), r.Node.ConfState));
        cluster.Elect(4);
    }

    [Fact]
    public void RemovedVoter_NoLongerCounts()
    {
        var cluster = NewCluster(3);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.Remove, 3));
        cluster.Isolate(3);
        cluster.Propose(1, 1);
        Assert.Equal(cluster[1].Node.LastIndex, cluster[1].Node.CommitIndex);
        cluster.Isolate(2);
        var last = cluster[1].Node.CommitIndex;
        cluster.Propose(1, 1);
        Assert.Equal(last, cluster[1].Node.CommitIndex);
    }

    [Fact]
    public void RemovalOfTheVoterThatWasMissing_CommitsWhatWaited()
    {
        var cluster = NewCluster(2);
        cluster.Elect(1);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.Remove, 2));
        Assert.Equal(TestReplica.Voters(1), cluster[1].Node.ConfState);
        Assert.True(cluster.Propose(1, 1).IsAccepted);
        Assert.Equal(cluster[1].Node.LastIndex, cluster[1].Node.CommitIndex);
    }

    [Fact]
    public void Learner_ReceivesTheLogWithoutAVote()
    {
        var cluster = NewCluster(2);
        cluster.Add(3, TestReplica.Voters(2));
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddLearner, 3));
        Assert.Equal(cluster[1].Node.LastIndex, cluster[3].Node.LastIndex);
        cluster.Isolate(2);
        var committed = cluster[1].Node.CommitIndex;
        cluster.Propose(1, 1);
        Assert.Equal(committed, cluster[1].Node.CommitIndex);
    }

    [Fact]
    public void Learner_IsCaughtUpWhenItHasWhatIsCommitted()
    {
        var cluster = NewCluster(2);
        cluster.Add(3, TestReplica.Voters(2));
        cluster.Isolate(3);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddLearner, 3));
        Assert.False(cluster[1].Node.IsCaughtUp(3));
        cluster.Heal();
        cluster.Tick(1, 2);
        Assert.True(cluster[1].Node.IsCaughtUp(3));
        Assert.False(cluster[1].Node.IsCaughtUp(4));
        Assert.False(cluster[2].Node.IsCaughtUp(3));
    }

    [Fact]
    public void Learner_IsPromotedWithItsProgress()
    {
        var cluster = NewCluster(2);
        cluster.Add(3, TestReplica.Voters(2));
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddLearner, 3));
        var match = cluster[1].Node.Members[2].MatchIndex;
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddVoter, 3));
        Assert.True(cluster[1].Node.Members[2].MatchIndex >= match);
        Assert.Equal(TestReplica.Voters(3), cluster[3].Node.ConfState);
    }

    [Fact]
    public void SecondChangeBeforeTheFirstIsApplied_IsReplacedByAnEmptyEntry()
    {
        var cluster = NewCluster(3);
        var leader = cluster[1].Node;
        Assert.True(leader.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddVoter, 4)).IsAccepted);
        Assert.Equal(ProposeOutcome.ConfChangeRefused, leader.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 2)).Outcome);
        cluster.Run();
        Assert.Equal(TestReplica.Voters(4), leader.ConfState);
        Assert.Equal(EntryKind.Normal, cluster[1].Applied[^1].Kind);
    }

    [Fact]
    public void NewLeader_TakesNoChangeUntilItsInheritedLogIsApplied()
    {
        // The single-server change is only safe if a leader has committed an entry of its term first.
        var members = TestReplica.Voters(3);
        var leader = new TestReplica(1, members, log: TestReplica.LogOf(members, 1, 1));
        leader.Lead(2);
        leader.Work();
        Assert.Equal(ProposeOutcome.ConfChangeRefused, leader.Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddVoter, 4)).Outcome);
        leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 2, Index = 4 });
        Assert.True(leader.Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddVoter, 4)).IsAccepted);
    }

    [Fact]
    public void JointConfiguration_CommitsOnlyWithBothMajorities()
    {
        var leader = TestReplica.Of(3);
        leader.Lead(2);
        leader.Work();
        leader.Receive(Accept(2, 1));
        Propose(leader, ConfChangeTransition.JointExplicit, (ConfChangeKind.AddVoter, 4), (ConfChangeKind.AddVoter, 5), (ConfChangeKind.Remove, 2), (ConfChangeKind.Remove, 3));
        leader.Receive(Accept(2, 2));
        Assert.Equal([2ul, 3], leader.Node.ConfState.VotersOutgoing.Except(leader.Node.ConfState.Voters));

        var index = leader.Node.Propose(new byte[] { 1 }).FirstIndex;
        leader.Work();
        leader.Receive(Accept(2, index));
        leader.Receive(Accept(3, index));
        Assert.True(leader.Node.CommitIndex < index, "The old majority alone does not commit.");
        leader.Receive(Accept(4, index));
        Assert.Equal(index, leader.Node.CommitIndex);

        index = leader.Node.Propose(new byte[] { 2 }).FirstIndex;
        leader.Work();
        leader.Receive(Accept(4, index));
        leader.Receive(Accept(5, index));
        Assert.True(leader.Node.CommitIndex < index, "The new majority alone does not commit either.");
        leader.Receive(Accept(3, index));
        Assert.Equal(index, leader.Node.CommitIndex);
    }

    [Fact]
    public void JointConfiguration_ElectsOnlyWithBothMajorities()
    {
        var joint = new ConfState { Voters = [1, 4, 5], VotersOutgoing = [1, 2, 3] };
        var replica = new TestReplica(1, joint);
        replica.Node.Campaign();
        Assert.Equal([2ul, 3, 4, 5], replica.Work().Select(m => m.To));
        replica.Receive(new RaftMessage { Kind = MessageKind.VoteResponse, From = 4, To = 1, Term = 1 });
        replica.Receive(new RaftMessage { Kind = MessageKind.VoteResponse, From = 5, To = 1, Term = 1 });
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
        replica.Receive(new RaftMessage { Kind = MessageKind.VoteResponse, From = 2, To = 1, Term = 1 });
        Assert.Equal(RaftRole.Leader, replica.Node.Role);
    }

    [Fact]
    public void ChangeOfSeveral_PassesThroughAJointConfigurationAndLeavesItByItself()
    {
        var cluster = NewCluster(3);
        cluster.Add(4, TestReplica.Voters(3));
        cluster.Add(5, TestReplica.Voters(3));
        Change(cluster, 1, new ConfChange
        {
            Steps = [new(ConfChangeKind.AddVoter, 4), new(ConfChangeKind.AddVoter, 5), new(ConfChangeKind.Remove, 2)],
        });
        Assert.Equal(ConfState.OfVoters(1, 3, 4, 5), cluster[1].Node.ConfState);
        Assert.Equal(ConfState.OfVoters(1, 3, 4, 5), cluster[5].Node.ConfState);
    }

    [Fact]
    public void ExplicitJointConfiguration_IsLeftByASecondProposalOnly()
    {
        var leader = new TestReplica(1, TestReplica.Voters(1));
        leader.Lead();
        leader.Work();
        Propose(leader, ConfChangeTransition.JointExplicit, (ConfChangeKind.AddLearner, 2));
        Assert.NotEmpty(leader.Node.ConfState.VotersOutgoing);
        Assert.Equal(ProposeOutcome.ConfChangeRefused, leader.Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.AddLearner, 3)).Outcome);
        leader.Work();
        Assert.True(leader.Node.ProposeConfChange(ConfChange.LeaveJoint).IsAccepted);
        leader.Work();
        Assert.Empty(leader.Node.ConfState.VotersOutgoing);
        Assert.Equal(ProposeOutcome.ConfChangeRefused, leader.Node.ProposeConfChange(ConfChange.LeaveJoint).Outcome);
    }

    [Fact]
    public void AutoLeave_IsTakenUpByTheNextLeader()
    {
        var joint = new ConfState { Voters = [1, 2], VotersOutgoing = [1], AutoLeave = true };
        var replica = new TestReplica(1, joint);
        replica.Lead(2);
        replica.Work();
        replica.Receive(Accept(2, 1));
        Assert.Equal(2ul, replica.Node.LastIndex);
        replica.Receive(Accept(2, 2));
        Assert.Equal(TestReplica.Voters(2), replica.Node.ConfState);
    }

    [Fact]
    public void RemovedLeader_StepsDownOnceTheRemovalIsApplied()
    {
        var cluster = NewCluster(3);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.Remove, 1));
        Assert.Equal(RaftRole.Follower, cluster[1].Node.Role);
        Assert.False(cluster[1].Node.IsPromotable);
        cluster.Elect(2);
    }

    [Fact]
    public void RemovedLeaderWithALongerLog_TellsTheRemainingVoterWhatIsCommitted()
    {
        var cluster = NewCluster(2);
        cluster.Loses = m => m is { To: 2, Kind: MessageKind.Append } && (m.Commit >= 2 || m.Index >= 2);
        cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 1));
        cluster[1].Node.Propose(new byte[] { 1 });
        cluster.Run();
        Assert.Equal(RaftRole.Follower, cluster[1].Node.Role);
        Assert.Equal(TestReplica.Voters(2), cluster[2].Node.ConfState);
        cluster.Loses = static _ => false;
        cluster.Tick(2, 60);
        Assert.Equal((RaftRole.Leader, ConfState.OfVoters(2)), (cluster[2].Node.Role, cluster[2].Node.ConfState));
    }

    [Fact]
    public void RemovedLeaderThatMayStay_RefusesProposals()
    {
        var cluster = new TestCluster(3, options => options with { StepDownOnRemoval = false });
        cluster.Elect(1);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.Remove, 1));
        Assert.Equal(RaftRole.Leader, cluster[1].Node.Role);
        Assert.Equal(ProposeOutcome.NotMember, cluster.Propose(1, 1).Outcome);
    }

    [Fact]
    public void TransferToAVoterThatIsRemoved_IsGivenUp()
    {
        var cluster = NewCluster(3);
        cluster[1].Node.ProposeConfChange(ConfChange.Of(ConfChangeKind.Remove, 3));
        cluster.Isolate(3);
        cluster[1].Node.TransferLeadership(3);
        cluster.Run();
        Assert.Equal(0ul, cluster[1].Node.TransferTarget);
    }

    [Fact]
    public void ReplicaThatJoins_AcceptsASnapshotOlderThanItsOwnAdmission()
    {
        var cluster = NewCluster(2);
        cluster.Propose(1, 1);
        cluster[1].Log.CreateSnapshot(2, TestReplica.Voters(2), default);
        cluster[1].Log.Compact(2);
        cluster.Add(3, ConfState.Empty);
        Change(cluster, 1, ConfChange.Of(ConfChangeKind.AddVoter, 3));
        cluster[1].Node.ReportSnapshot(3, isInstalled: true);
        cluster.Tick(1, 3);
        Assert.Equal(TestReplica.Voters(3), cluster[3].Node.ConfState);
    }

    [Fact]
    public void ChangeThatCannotBeMade_LeavesTheMembersAsTheyAre()
    {
        var node = TestReplica.Of(3).Node;
        var twoRemoved = new Entry(1, 1, EntryKind.ConfChangeV2, ConfChange.LeaveJoint.Encode());
        var error = Assert.Throws<MembershipException>(() => node.ApplyConfChange(twoRemoved));
        Assert.Equal(MembershipError.NotJoint, error.Error);
        Assert.Equal(TestReplica.Voters(3), node.ConfState);
    }

    [Fact]
    public void NormalEntry_IsNoMembershipChange() =>
        Assert.Throws<ArgumentException>(() => TestReplica.Of(3).Node.ApplyConfChange(new Entry(1, 1, EntryKind.Normal, default)));

    private static TestCluster NewCluster(int voters)
    {
        var cluster = new TestCluster(voters);
        cluster.Elect(1);
        return cluster;
    }

    private static void Change(TestCluster cluster, ulong leader, ConfChange change)
    {
        Assert.True(cluster[leader].Node.ProposeConfChange(change).IsAccepted);
        cluster.Run();
        cluster.Tick(leader, 2);
    }

    private static void Propose(TestReplica leader, ConfChangeTransition transition, params (ConfChangeKind Kind, ulong Replica)[] steps)
    {
        var change = new ConfChange { Transition = transition, Steps = [.. steps.Select(s => new ConfChangeStep(s.Kind, s.Replica))] };
        Assert.True(leader.Node.ProposeConfChange(change).IsAccepted);
        leader.Work();
    }

    private static RaftMessage Accept(ulong follower, ulong index) =>
        new() { Kind = MessageKind.AppendResponse, From = follower, To = 1, Term = 1, Index = index };
}
