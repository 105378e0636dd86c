using Bayou.Raft;
using Bayou.Raft.Replication;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>What a replica does not do after its disk lost acknowledged entries or its vote, and how it gets over it.</summary>
public sealed class VoteRestrictionTests
{
    private static readonly ConfState Members = TestReplica.Voters(3);

    [Fact]
    public void WithoutAFloor_ALostEntryThatWasCommittedCanBeOverwritten()
    {
        var cluster = NewClusterWithAnEntryOnTwo();
        cluster[2].Damage(last: 1, VoteRestriction.None, new HardState(1, 1, 1));
        cluster.Heal();
        cluster.Isolate(1);
        cluster.Elect(3);
        Assert.NotEqual(1ul, cluster[2].Node.Log.TermOrZero(2));
        Assert.Equal(2ul, cluster[1].Node.CommitIndex);
    }

    [Fact]
    public void WithAFloor_OnlyTheReplicaThatHasTheLostEntryCanLead()
    {
        var cluster = NewClusterWithAnEntryOnTwo();
        cluster[2].Damage(last: 1, new VoteRestriction(1, 2));
        cluster.Heal();
        cluster.Isolate(1);
        cluster[3].Node.Campaign();
        cluster.Tick(2, 50);
        cluster.Tick(3, 50);
        Assert.DoesNotContain(cluster.All.Skip(1), r => r.Node.Role == RaftRole.Leader);

        cluster.Heal();
        cluster[1].Restart();
        cluster.Tick(1, 50);
        cluster.Propose(1, 8);
        Assert.Equal(RaftRole.Leader, cluster[1].Node.Role);
        Assert.All(cluster.All, r => Assert.Equal(7, r.Applied.First(e => e.Data.Length > 0).Data.Span[0]));
        Assert.True(cluster[2].Node.VoteRestriction.IsNone);
    }

    [Theory]
    [InlineData(3, 4, false)]
    [InlineData(3, 9, false)]
    [InlineData(4, 4, false)]
    [InlineData(4, 5, true)]
    [InlineData(4, 9, true)]
    [InlineData(5, 1, true)]
    public void VoteAndPreVote_AreGivenOnlyToALogThatReachesTheFloor(ulong lastTerm, ulong lastIndex, bool isGranted)
    {
        foreach (var (kind, answer) in new[] { (MessageKind.Vote, MessageKind.VoteResponse), (MessageKind.PreVote, MessageKind.PreVoteResponse) })
        {
            var replica = Restricted(new VoteRestriction(4, 5), 1, 1, 2);
            var response = replica.Receive(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 9, LogTerm = lastTerm, Index = lastIndex }).Single();
            Assert.Equal((answer, !isGranted), (response.Kind, response.IsRejected));
        }
    }

    [Fact]
    public void OwnLogThatIsFurtherThanTheFloor_CountsAsAlways()
    {
        var replica = Restricted(new VoteRestriction(1, 9), 1, 2);
        Assert.True(replica.Node.VoteRestriction.IsNone);
        var response = replica.Receive(new RaftMessage { Kind = MessageKind.Vote, From = 2, To = 1, Term = 9, LogTerm = 1, Index = 20 }).Single();
        Assert.True(response.IsRejected);
    }

    [Fact]
    public void RestrictedReplica_NeverCampaigns()
    {
        foreach (var restriction in new[] { new VoteRestriction(4, 5), VoteRestriction.NoVote })
        {
            var refusals = new Refusals();
            var replica = new TestReplica(1, Members, o => o with { Observer = refusals }, TestReplica.LogOf(Members, 1, 2));
            replica.Restart(restriction);
            Assert.Empty(replica.Tick(100));
            Assert.False(replica.Node.IsPromotable);
            replica.Node.Campaign();
            replica.Receive(new RaftMessage { Kind = MessageKind.TimeoutNow, From = 2, To = 1, Term = 2 });
            Assert.Equal((RaftRole.Follower, 2ul), (replica.Node.Role, replica.Node.Term));
            Assert.Equal([CampaignRefusal.VoteRestricted, CampaignRefusal.VoteRestricted], refusals.Reasons);
        }
    }

    [Fact]
    public void SingleVoterThatIsRestricted_WaitsForItsDriver()
    {
        var replica = TestReplica.Of(1, log: TestReplica.LogOf(TestReplica.Voters(1), 1));
        replica.Restart(new VoteRestriction(1, 2));
        replica.Tick(100);
        Assert.Equal(RaftRole.Follower, replica.Node.Role);
        replica.Node.Lift(term: 0, VoteRestriction.None);
        replica.Node.Campaign();
        replica.Work();
        Assert.Equal((RaftRole.Leader, 2ul), (replica.Node.Role, replica.Node.Term));
    }

    [Fact]
    public void Floor_IsGoneWhenTheLogIsDurablyThatFarAgain()
    {
        var replica = Restricted(new VoteRestriction(2, 4), 1, 2);
        var node = replica.Node;
        var writes = new List<RaftMessage>();
        foreach (var previous in new ulong[] { 2, 3 })
        {
            node.Step(Append(previous, 2, 2));
            writes.Add(node.TakeReady().Messages.ToArray().Single(m => m.Kind == MessageKind.StorageAppend));
        }

        Assert.Equal(4ul, node.LastIndex);
        Finish(writes[0]);
        Assert.False(node.VoteRestriction.IsNone);
        Finish(writes[1]);
        Assert.True(node.VoteRestriction.IsNone);
        Assert.True(node.HasReady);
        Assert.Equal(VoteRestriction.None, node.TakeReady().VoteRestriction);
        Assert.Null(node.TakeReady().VoteRestriction);

        void Finish(RaftMessage write)
        {
            replica.Log.Append(write.Entries.Span);
            node.Step(write.Responses.Single(r => r.Kind == MessageKind.StorageAppendResponse));
        }
    }

    [Fact]
    public void Floor_IsGoneWithALaterTermAtALowerIndex()
    {
        var replica = Restricted(new VoteRestriction(2, 100), 1, 2);
        replica.Receive(Append(2, 2, 3));
        Assert.True(replica.Node.VoteRestriction.IsNone);
        Assert.True(replica.Node.IsPromotable);
    }

    [Fact]
    public void Floor_IsGoneWithADurableSnapshot()
    {
        var replica = Restricted(new VoteRestriction(2, 100), 1, 2);
        var node = replica.Node;
        node.Step(new RaftMessage { Kind = MessageKind.Snapshot, From = 2, To = 1, Term = 9, Snapshot = new Snapshot(120, 2, Members, default) });
        var append = node.TakeReady().Messages.ToArray().Single(m => m.Kind == MessageKind.StorageAppend);
        Assert.False(node.VoteRestriction.IsNone);
        replica.Log.ApplySnapshot(append.Snapshot!);
        node.Step(append.Responses.Single(r => r.Kind == MessageKind.StorageAppendResponse));
        Assert.True(node.VoteRestriction.IsNone);
    }

    [Fact]
    public void RestrictionThatIsTakenUpAgain_IsReportedOnlyWhenItChanges()
    {
        var replica = Restricted(new VoteRestriction(4, 5), 1, 2);
        Assert.False(replica.Node.HasReady);
        replica.Restart(new VoteRestriction(2, 2));
        Assert.Equal(VoteRestriction.None, replica.Node.TakeReady().VoteRestriction);
    }

    [Fact]
    public void CommitIndexOfLostEntries_IsNoFaultOfARestrictedReplica()
    {
        var log = TestReplica.LogOf(Members, 1, 2);
        log.SetHardState(new HardState(2, 0, 7));
        Assert.Throws<RaftInvariantException>(() => new TestReplica(1, Members, log: log));
        var node = new RaftNode(new RaftOptions { Id = 1, Random = new Random(1), VoteRestriction = new VoteRestriction(2, 7) }, log);
        Assert.Equal(2ul, node.CommitIndex);
    }

    [Fact]
    public void RestrictedFollower_AcknowledgesWhatItHas()
    {
        var replica = Restricted(new VoteRestriction(4, 9), 1, 2);
        Assert.Equal((3ul, false), IndexOf(replica.Receive(Append(2, 2, 3))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeaderThatCountsOnLostEntries_IsToldAndSendsThemAgain(bool byHeartbeat)
    {
        var cluster = NewCluster();
        for (byte i = 0; i < 5; i++)
        {
            cluster.Propose(1, i);
        }

        cluster[2].Damage(last: 2, new VoteRestriction(1, 6));
        if (byHeartbeat)
        {
            cluster.Tick(1, 2);
        }
        else
        {
            cluster.Propose(1, 9);
        }

        Assert.Equal(cluster[1].Node.LastIndex, cluster[2].Node.AppliedIndex);
        Assert.Equal(ProgressState.Replicate, cluster[1].Node.Members[1].State);
        Assert.True(cluster[2].Node.VoteRestriction.IsNone);
        Assert.Equal((RaftRole.Leader, 1ul), (cluster[1].Node.Role, cluster[1].Node.Term));
    }

    [Fact]
    public void LeaderThatHasCompactedTheLostEntries_SendsASnapshot()
    {
        var cluster = NewCluster();
        for (byte i = 0; i < 5; i++)
        {
            cluster.Propose(1, i);
        }

        cluster[1].Log.CreateSnapshot(6, Members, default);
        cluster[1].Log.Compact(6);
        cluster[2].Damage(last: 2, new VoteRestriction(1, 6));
        cluster.Tick(1, 4);
        Assert.Equal((7ul, 6ul), (cluster[2].Node.FirstIndex, cluster[2].Node.CommitIndex));
        Assert.True(cluster[2].Node.VoteRestriction.IsNone);
        cluster.Propose(1, 9);
        Assert.Equal(7ul, cluster[2].Node.AppliedIndex);
    }

    [Fact]
    public void RepeatedNewsOfALoss_DoNoHarm()
    {
        var cluster = NewCluster();
        cluster.Propose(1, 1);
        cluster.Propose(1, 2);
        cluster[2].Damage(last: 1, new VoteRestriction(1, 3));
        cluster.Propose(1, 3);
        var news = cluster.Delivered.Single(m => m.IsDamaged);
        cluster[1].Node.Step(news);
        cluster.Run();
        cluster.Tick(1, 2);
        Assert.Equal((ProgressState.Replicate, 4ul), (cluster[1].Node.Members[1].State, cluster[1].Node.Members[1].MatchIndex));
    }

    [Fact]
    public void SleepingGroup_IsRepairedWhenItWakes()
    {
        var cluster = NewCluster();
        cluster.Propose(1, 1);
        cluster.Sleep(1);
        cluster[3].Damage(last: 1, new VoteRestriction(1, 2));
        cluster.Tick(1);
        Assert.Equal(2ul, cluster[3].Node.AppliedIndex);
        Assert.True(cluster[3].Node.VoteRestriction.IsNone);
    }

    [Fact]
    public void RestrictedFollower_SleepsAndWakesRestricted()
    {
        var cluster = NewCluster();
        cluster.Propose(1, 1);
        cluster[3].Damage(last: 2, VoteRestriction.NoVote);
        cluster.Tick(1);
        cluster.Sleep(1);
        Assert.True(cluster[3].IsAsleep);
        Assert.True(cluster[3].Node.VoteRestriction.IsNoVote);
        Assert.False(cluster[3].Node.HasReady);
    }

    [Fact]
    public void WithoutAVote_NobodyIsElected()
    {
        foreach (var kind in new[] { MessageKind.Vote, MessageKind.PreVote })
        {
            var replica = Restricted(VoteRestriction.NoVote, 1);
            var response = replica.Receive(new RaftMessage
            {
                Kind = kind, From = 2, To = 1, Term = 9, LogTerm = ulong.MaxValue - 1, Index = ulong.MaxValue,
            }).Single();
            Assert.True(response.IsRejected);
            Assert.Equal(0ul, replica.Node.Vote);
        }
    }

    [Fact]
    public void WithoutAVote_TheReplicaCatchesUpButCommitsNothing()
    {
        var cluster = NewCluster();
        cluster.Propose(1, 1);
        cluster[2].Damage(last: 1, VoteRestriction.NoVote, default(HardState));
        cluster.Isolate(3);
        cluster.Propose(1, 2);
        cluster.Tick(1, 3);
        Assert.Equal(2ul, cluster[1].Node.CommitIndex);
        Assert.Equal((3ul, 2ul), (cluster[2].Node.LastIndex, cluster[2].Node.AppliedIndex));

        cluster.Heal();
        cluster.Tick(1, 2);
        cluster.Propose(1, 3);
        Assert.All(cluster.All, r => Assert.Equal(4ul, r.Node.AppliedIndex));
        Assert.Equal(4ul, cluster[1].Node.Members[1].MatchIndex);
    }

    [Fact]
    public void WithoutAVote_TheReplicaConfirmsNoRead()
    {
        var cluster = NewCluster();
        cluster[2].Damage(last: 1, VoteRestriction.NoVote, default(HardState));
        cluster.Isolate(3);
        cluster[1].Node.ReadIndex(1);
        cluster.Tick(1, 3);
        Assert.Empty(cluster[1].Reads);
        cluster.Heal();
        cluster.Tick(1);
        Assert.Single(cluster[1].Reads);
    }

    [Fact]
    public void WithoutAVote_ASnapshotIsAcknowledged()
    {
        var replica = Restricted(VoteRestriction.NoVote, 1);
        var snapshot = new Snapshot(20, 3, Members, default);
        var message = new RaftMessage { Kind = MessageKind.Snapshot, From = 2, To = 1, Term = 9, Snapshot = snapshot };
        Assert.Equal((20ul, false), IndexOf(replica.Receive(message)));
        Assert.Equal((20ul, false), IndexOf(replica.Receive(message)));
    }

    [Fact]
    public void WithoutAHardState_TheLogTellsTheTermAtLeast()
    {
        var log = TestReplica.LogOf(Members, 1, 5);
        log.SetHardState(new HardState(3, 2, 0));
        var node = new RaftNode(new RaftOptions { Id = 1, Random = new Random(1), VoteRestriction = VoteRestriction.NoVote }, log);
        Assert.Equal((5ul, 0ul), (node.Term, node.Vote));
        Assert.Equal(new HardState(5, 0, 0), node.TakeReady().HardState);
    }

    [Fact]
    public void LiftedReplica_VotesForNobodyInTheTermItMayHaveVotedIn()
    {
        var replica = Restricted(VoteRestriction.NoVote, 1);
        replica.Node.Lift(term: 7, new VoteRestriction(5, 3));
        var ready = replica.Node.TakeReady();
        Assert.Equal((new HardState(7, HardState.Nobody, 0), new VoteRestriction(5, 3), true), (ready.HardState, ready.VoteRestriction, ready.MustSync));

        Assert.True(Vote(replica, term: 7, lastTerm: 6, lastIndex: 9).IsRejected);
        Assert.True(Vote(replica, term: 8, lastTerm: 5, lastIndex: 2).IsRejected);
        Assert.False(Vote(replica, term: 9, lastTerm: 5, lastIndex: 3).IsRejected);
    }

    [Fact]
    public void LiftInTheCurrentTerm_FollowsItsLeaderButVotesForNobody()
    {
        var replica = Restricted(VoteRestriction.NoVote, 1);
        replica.Receive(Append(1, 1));
        replica.Node.Lift(term: 9, VoteRestriction.None);
        Assert.Equal((9ul, HardState.Nobody, 2ul), (replica.Node.Term, replica.Node.Vote, replica.Node.Leader));
        Assert.Equal((2ul, false), IndexOf(replica.Receive(Append(1, 1, 9))));
    }

    [Fact]
    public void VoteThatIsRemembered_IsKeptWhenLifted()
    {
        var log = TestReplica.LogOf(Members, 1);
        log.SetHardState(new HardState(7, 3, 0));
        var node = new RaftNode(new RaftOptions { Id = 1, Random = new Random(1), VoteRestriction = VoteRestriction.NoVote }, log);
        node.Lift(term: 7, VoteRestriction.None);
        Assert.Equal(3ul, node.Vote);
    }

    [Fact]
    public void LiftBehindTheCurrentTerm_LeavesItsVoteFree()
    {
        var replica = Restricted(VoteRestriction.NoVote, 1);
        replica.Receive(Append(1, 1));
        replica.Node.Lift(term: 4, VoteRestriction.None);
        Assert.Equal((9ul, 0ul), (replica.Node.Term, replica.Node.Vote));
    }

    [Fact]
    public void NoVote_IsNotWhatRemains() =>
        Assert.Throws<ArgumentException>(() => Restricted(VoteRestriction.NoVote, 1).Node.Lift(term: 4, VoteRestriction.NoVote));

    [Fact]
    public void ForgottenVote_WouldElectTwoLeadersInOneTerm()
    {
        // Replica 2 has voted for replica 1 in term 2, and forgets it.
        foreach (var restriction in new[] { VoteRestriction.None, VoteRestriction.NoVote })
        {
            var cluster = NewCluster();
            cluster.Propose(1, 1);
            cluster.Isolate(3);
            cluster[1].Restart();
            cluster.Elect(1);
            Assert.Equal((2ul, 1ul), (cluster[2].Node.Term, cluster[2].Node.Vote));
            cluster[2].Damage(last: 2, restriction, new HardState(1, 0, 0));
            cluster.Heal();
            cluster.Isolate(1);
            cluster[3].Node.Campaign();
            cluster.Run();
            Assert.Equal(restriction.IsNone, cluster[3].Node is { Role: RaftRole.Leader, Term: 2 });
        }
    }

    [Fact]
    public void ForgottenTerm_WouldCommitInOneTermWhatTheNextOneReplaces()
    {
        // Replica 2 has elected replica 3 in term 2, and forgets it; then it hears from the leader of term 1.
        foreach (var restriction in new[] { VoteRestriction.None, VoteRestriction.NoVote })
        {
            var cluster = NewCluster();
            cluster.Propose(1, 1);
            cluster.Isolate(1);
            cluster.Loses = static m => m is { From: 3, Kind: MessageKind.Append };
            cluster.Elect(3);
            cluster[2].Damage(last: 2, restriction, new HardState(1, 1, 2));
            cluster.Heal();
            cluster.Isolate(3);
            cluster.Propose(1, 7);
            cluster.Tick(1, 2);
            Assert.Equal((RaftRole.Leader, 3ul, 2ul), (cluster[3].Node.Role, cluster[3].Node.LastIndex, cluster[3].Node.LastTerm));
            Assert.Equal((RaftRole.Leader, restriction.IsNone ? 3ul : 2), (cluster[1].Node.Role, cluster[1].Node.CommitIndex));
        }
    }

    [Fact]
    public void Restrictions_AreOrderedLikeLogs() =>
        Gen.Select(Position, Position, Position).SampleMany(static (one, other, log) =>
        {
            var max = VoteRestriction.Max(one, other);
            Assert.True(max.IsMetBy(log.Term, log.Index) == (one.IsMetBy(log.Term, log.Index) && other.IsMetBy(log.Term, log.Index)));
            Assert.True(one.IsMetBy(log.Term, log.Index) == ((log.Term, log.Index).CompareTo((one.Term, one.Index)) >= 0));
            Assert.True(VoteRestriction.Max(one, VoteRestriction.NoVote).IsNoVote && VoteRestriction.Max(VoteRestriction.None, one) == one);
        });

    private static readonly Gen<VoteRestriction> Position =
        Gen.Select(Gen.ULong[0, 5], Gen.ULong[0, 5], static (term, index) => new VoteRestriction(term, index));

    private static TestCluster NewCluster()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        return cluster;
    }

    /// <summary>Entry 2 is committed by replicas 1 and 2; 3 has not heard of it.</summary>
    private static TestCluster NewClusterWithAnEntryOnTwo()
    {
        var cluster = new TestCluster(3, static options => options with { PreVote = true });
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Propose(1, 7);
        Assert.Equal(2ul, cluster[1].Node.CommitIndex);
        return cluster;
    }

    private static TestReplica Restricted(VoteRestriction restriction, params ulong[] terms)
    {
        var replica = TestReplica.Of(3, log: TestReplica.LogOf(Members, terms));
        replica.Restart(restriction);
        return replica;
    }

    private static (ulong Index, bool IsRejected) IndexOf(List<RaftMessage> answers)
    {
        var answer = answers.Single(m => m.Kind == MessageKind.AppendResponse);
        return (answer.Index, answer.IsRejected);
    }

    private static RaftMessage Vote(TestReplica replica, ulong term, ulong lastTerm, ulong lastIndex) => replica.Receive(
        new RaftMessage { Kind = MessageKind.Vote, From = 2, To = 1, Term = term, LogTerm = lastTerm, Index = lastIndex }).Single();

    private static RaftMessage Append(ulong index, ulong term, params ulong[] terms) => new()
    {
        Kind = MessageKind.Append,
        From = 2,
        To = 1,
        Term = 9,
        Index = index,
        LogTerm = term,
        Commit = index,
        Entries = terms.Select((t, i) => new Entry(index + 1 + (ulong)i, t, EntryKind.Normal, default)).ToArray(),
    };

    private sealed class Refusals : IRaftObserver
    {
        public List<CampaignRefusal> Reasons { get; } = [];

        public void OnCampaignRefused(RaftNode node, CampaignRefusal reason) => Reasons.Add(reason);
    }
}
