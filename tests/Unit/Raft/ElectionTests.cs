using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§5.2 of the paper, leader election, and §5.4.1, the election restriction.</summary>
public sealed class ElectionTests
{
    [Fact]
    public void NewReplica_StartsAsFollowerWithoutLeader()
    {
        var node = TestReplica.Of(3).Node;
        Assert.Equal((RaftRole.Follower, 0ul, 0ul), (node.Role, node.Leader, node.Term));
    }

    [Fact]
    public void NoWordFromALeaderWithinTheTimeout_FollowerCampaigns()
    {
        var replica = TestReplica.Of(3);
        var timeout = replica.Node.ElectionTimeout;
        replica.Tick(timeout - 1);
        Assert.Equal(RaftRole.Follower, replica.Node.Role);
        replica.Tick(1);
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
    }

    [Theory]
    [InlineData(MessageKind.Append)]
    [InlineData(MessageKind.Heartbeat)]
    public void WordFromTheLeader_PutsTheTimeoutOff(MessageKind kind)
    {
        var replica = TestReplica.Of(3);
        for (var i = 0; i < 10; i++)
        {
            replica.Tick(replica.Node.ElectionTimeout - 1);
            replica.Receive(new RaftMessage { Kind = kind, From = 2, To = 1, Term = 1 });
        }

        Assert.Equal((RaftRole.Follower, 2ul), (replica.Node.Role, replica.Node.Leader));
    }

    [Fact]
    public void Timeouts_AreSpreadOverOneToTwoElectionTimeouts()
    {
        var replica = TestReplica.Of(3, options => options with { ElectionTicks = 10 });
        var drawn = new HashSet<int>();
        for (var i = 0; i < 500; i++)
        {
            replica.Node.Campaign();
            replica.Work();
            drawn.Add(replica.Node.ElectionTimeout);
        }

        Assert.Equal(Enumerable.Range(10, 10), drawn.Order());
    }

    [Fact]
    public void SameSeed_GivesTheSameTimeouts()
    {
        var one = TestReplica.Of(3, options => options with { Random = new Random(7) });
        var other = TestReplica.Of(3, options => options with { Random = new Random(7) });
        for (var i = 0; i < 20; i++)
        {
            one.Node.Campaign();
            other.Node.Campaign();
            Assert.Equal(one.Node.ElectionTimeout, other.Node.ElectionTimeout);
        }
    }

    [Fact]
    public void Campaign_RaisesTheTermVotesForItselfAndAsksEveryOther()
    {
        var members = TestReplica.Voters(5);
        var replica = TestReplica.Of(5, log: TestReplica.LogOf(members, 1, 2, 2));
        replica.Node.Campaign();
        var requests = replica.Work();
        Assert.Equal((3ul, 1ul), (replica.Node.Term, replica.Node.Vote));
        Assert.Equal([2ul, 3, 4, 5], requests.Select(r => r.To));
        Assert.All(requests, r => Assert.Equal((MessageKind.Vote, 3ul, 3ul, 2ul), (r.Kind, r.Term, r.Index, r.LogTerm)));
    }

    [Theory]
    [InlineData(1, 0, RaftRole.Leader)]
    [InlineData(2, 0, RaftRole.Candidate)]
    [InlineData(2, 1, RaftRole.Leader)]
    [InlineData(3, 0, RaftRole.Candidate)]
    [InlineData(3, 1, RaftRole.Leader)]
    [InlineData(4, 1, RaftRole.Candidate)]
    [InlineData(4, 2, RaftRole.Leader)]
    [InlineData(5, 1, RaftRole.Candidate)]
    [InlineData(5, 2, RaftRole.Leader)]
    [InlineData(5, 4, RaftRole.Leader)]
    public void VotesOfOthers_MakeALeaderExactlyIfTheyAreAMajorityWithItsOwn(int size, int votes, RaftRole expected)
    {
        var replica = TestReplica.Of(size);
        replica.Node.Campaign();
        replica.Work();
        for (var voter = 2; voter < 2 + votes; voter++)
        {
            replica.Receive(VoteOf((ulong)voter));
        }

        Assert.Equal(expected, replica.Node.Role);
    }

    [Fact]
    public void MajorityOfRejections_MakesTheCandidateAFollowerOfTheSameTerm()
    {
        var replica = TestReplica.Of(3);
        replica.Node.Campaign();
        replica.Work();
        replica.Receive(VoteOf(2, isRejected: true));
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
        replica.Receive(VoteOf(3, isRejected: true));
        Assert.Equal((RaftRole.Follower, 1ul), (replica.Node.Role, replica.Node.Term));
    }

    [Fact]
    public void TheSameVoteTwice_CountsOnce()
    {
        var replica = TestReplica.Of(5);
        replica.Node.Campaign();
        replica.Work();
        replica.Receive(VoteOf(2));
        replica.Receive(VoteOf(2));
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
    }

    [Fact]
    public void VoteOfAReplicaThatIsNoMember_DoesNotCount()
    {
        var replica = TestReplica.Of(3);
        replica.Node.Campaign();
        replica.Work();
        replica.Receive(VoteOf(9));
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AppendOfALeaderOfTheSameOrALaterTerm_MakesTheCandidateFollow(ulong term)
    {
        var replica = TestReplica.Of(3);
        replica.Node.Campaign();
        replica.Work();
        replica.Receive(new RaftMessage { Kind = MessageKind.Append, From = 2, To = 1, Term = term });
        Assert.Equal((RaftRole.Follower, term, 2ul), (replica.Node.Role, replica.Node.Term, replica.Node.Leader));
    }

    [Fact]
    public void SplitVote_IsTriedAgainInALaterTerm()
    {
        var replica = TestReplica.Of(3);
        replica.Node.Campaign();
        replica.Work();
        replica.Tick(replica.Node.ElectionTimeout);
        Assert.Equal((RaftRole.Candidate, 2ul), (replica.Node.Role, replica.Node.Term));
    }

    [Fact]
    public void Voter_GivesItsVoteToTheFirstThatAsksAndToNobodyElse()
    {
        var replica = TestReplica.Of(3);
        Assert.False(replica.Receive(AskFor(2)).Single().IsRejected);
        Assert.True(replica.Receive(AskFor(3)).Single().IsRejected);
        Assert.False(replica.Receive(AskFor(2)).Single().IsRejected);
        Assert.Equal(2ul, replica.Node.Vote);
    }

    [Fact]
    public void Voter_AfterARestart_KeepsItsVote()
    {
        var replica = TestReplica.Of(3);
        replica.Receive(AskFor(2));
        replica.Restart();
        Assert.True(replica.Receive(AskFor(3)).Single().IsRejected);
        Assert.False(replica.Receive(AskFor(2)).Single().IsRejected);
    }

    [Fact]
    public void Voter_ThatKnowsTheLeaderOfTheTerm_VotesForNobody()
    {
        var replica = TestReplica.Of(3);
        replica.Receive(new RaftMessage { Kind = MessageKind.Append, From = 2, To = 1, Term = 1 });
        Assert.True(replica.Receive(AskFor(3)).Single().IsRejected);
    }

    [Theory]
    [InlineData(new ulong[] { 1 }, 1, 1, true)]
    [InlineData(new ulong[] { 1 }, 2, 1, true)]
    [InlineData(new ulong[] { 1, 1 }, 1, 1, false)]
    [InlineData(new ulong[] { 1 }, 1, 2, true)]
    [InlineData(new ulong[] { 1, 1 }, 1, 2, true)]
    [InlineData(new ulong[] { 2 }, 1, 1, false)]
    [InlineData(new ulong[] { 2 }, 2, 1, false)]
    public void CandidateWithTheLaterLastTermOrTheLongerLog_GetsTheVote(ulong[] terms, ulong lastIndex, ulong lastTerm, bool isGranted)
    {
        var replica = TestReplica.Of(2, log: TestReplica.LogOf(TestReplica.Voters(2), terms));
        var answer = replica.Receive(new RaftMessage
        {
            Kind = MessageKind.Vote, From = 2, To = 1, Term = 5, Index = lastIndex, LogTerm = lastTerm,
        });
        Assert.Equal(isGranted, !answer.Single().IsRejected);
    }

    [Fact]
    public void Vote_IsNotSentBeforeItIsWritten()
    {
        var node = TestReplica.Of(3).Node;
        node.Step(AskFor(2));
        var messages = node.TakeReady().Messages.ToArray();
        var write = Assert.Single(messages);
        Assert.Equal(MessageKind.StorageAppend, write.Kind);
        Assert.Equal(new HardState(1, 2, 0), write.HardState);
        Assert.Equal(MessageKind.VoteResponse, Assert.Single(write.Responses).Kind);
    }

    [Fact]
    public void Leader_SendsHeartbeatsToEveryOtherAtItsInterval()
    {
        var replica = TestReplica.Of(3, options => options with { HeartbeatTicks = 2 });
        replica.Lead(2);
        replica.Work();
        Assert.Empty(replica.Tick(1));
        Assert.Equal([(MessageKind.Heartbeat, 2ul), (MessageKind.Heartbeat, 3ul)], replica.Tick(1).Select(m => (m.Kind, m.To)));
    }

    [Fact]
    public void NewLeader_WritesAnEmptyEntryOfItsTerm()
    {
        var replica = TestReplica.Of(3, log: TestReplica.LogOf(TestReplica.Voters(3), 1));
        replica.Lead(2);
        var sent = replica.Work();
        Assert.Equal((2ul, 2ul), (replica.Node.LastIndex, replica.Node.LastTerm));
        Assert.All(sent, m => Assert.Equal((MessageKind.Append, 1ul, 1ul, 1), (m.Kind, m.Index, m.LogTerm, m.Entries.Length)));
    }

    [Fact]
    public void Learner_NeverCampaigns()
    {
        var replica = new TestReplica(3, new ConfState { Voters = [1, 2], Learners = [3] });
        Assert.Empty(replica.Tick(100));
        Assert.False(replica.Node.IsPromotable);
    }

    [Fact]
    public void Learner_StillVotes_SinceItMayBeAVoterThatDoesNotKnowItYet()
    {
        var replica = new TestReplica(3, new ConfState { Voters = [1, 2], Learners = [3] });
        var answer = replica.Receive(new RaftMessage { Kind = MessageKind.Vote, From = 2, To = 3, Term = 1 });
        Assert.False(answer.Single().IsRejected);
    }

    [Fact]
    public void SecondLeaderInATerm_StopsTheReplica()
    {
        var replica = TestReplica.Of(3);
        replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 2, To = 1, Term = 1 });
        Assert.Throws<RaftInvariantException>(() => replica.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 3, To = 1, Term = 1 }));
    }

    [Fact]
    public void UnappliedMembershipChange_KeepsAReplicaFromCampaigning()
    {
        var replica = TestReplica.Of(3);
        var change = Bayou.Raft.Membership.ConfChange.Of(Bayou.Raft.Membership.ConfChangeKind.AddVoter, 4).Encode();
        replica.Node.Step(new RaftMessage
        {
            Kind = MessageKind.Append, From = 2, To = 1, Term = 1, Commit = 1,
            Entries = new[] { new Entry(1, 1, EntryKind.ConfChangeV2, change) },
        });
        replica.Node.Campaign();
        Assert.Equal(RaftRole.Follower, replica.Node.Role);
        replica.Work();
        replica.Node.Campaign();
        Assert.Equal(RaftRole.Candidate, replica.Node.Role);
    }

    private static RaftMessage VoteOf(ulong voter, bool isRejected = false) =>
        new() { Kind = MessageKind.VoteResponse, From = voter, To = 1, Term = 1, IsRejected = isRejected };

    private static RaftMessage AskFor(ulong candidate) => new() { Kind = MessageKind.Vote, From = candidate, To = 1, Term = 1 };
}
