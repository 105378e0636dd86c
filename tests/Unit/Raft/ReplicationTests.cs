using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§5.3 of the paper, log replication, and §5.4.2, committing entries of earlier terms.</summary>
public sealed class ReplicationTests
{
    [Fact]
    public void Proposal_IsAppendedAndSentToEveryFollowerAtOnce()
    {
        var leader = NewLeader(3, out _);
        leader.Node.Propose(new byte[] { 7 });
        var sent = leader.Node.TakeReady().Messages.ToArray().Where(m => m.Kind == MessageKind.Append).ToList();
        Assert.Equal([2ul, 3], sent.Select(m => m.To));
        Assert.All(sent, m => Assert.Equal((1ul, 1ul, 2ul), (m.Index, m.LogTerm, m.Entries.Span[0].Index)));
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(3, 0, false)]
    [InlineData(3, 1, true)]
    [InlineData(3, 2, true)]
    [InlineData(5, 1, false)]
    [InlineData(5, 2, true)]
    [InlineData(5, 4, true)]
    public void Entry_IsCommittedOnceAMajorityHasIt(int size, int acknowledgements, bool isCommitted)
    {
        var leader = NewLeader(size, out _);
        leader.Node.Propose(new byte[] { 7 });
        leader.Work();
        for (var follower = 2; follower < 2 + acknowledgements; follower++)
        {
            leader.Receive(Accept((ulong)follower, 2));
        }

        Assert.Equal(isCommitted, leader.Node.CommitIndex == 2);
        Assert.Equal(isCommitted, leader.Applied.Exists(e => e.Index == 2));
    }

    [Fact]
    public void LeadersOwnEntry_CountsOnlyWhenItIsWritten()
    {
        var leader = NewLeader(3, out _);
        leader.Node.Propose(new byte[] { 7 });
        leader.Node.TakeReady();
        leader.Node.Step(Accept(2, 2));
        Assert.True(leader.Node.CommitIndex < 2);
        leader.Node.Step(Accept(3, 2));
        Assert.Equal(2ul, leader.Node.CommitIndex);
    }

    [Fact]
    public void Acknowledgement_IsNotSentBeforeTheEntriesAreWritten()
    {
        var node = TestReplica.Of(3).Node;
        node.Step(Append(0, 0, 1));
        var write = Assert.Single(node.TakeReady().Messages.ToArray());
        Assert.Equal((MessageKind.StorageAppend, 1), (write.Kind, write.Entries.Length));
        Assert.Contains(write.Responses, r => r is { Kind: MessageKind.AppendResponse, To: 2, Index: 1 });
    }

    [Fact]
    public void UnwrittenEntries_AreNotApplied()
    {
        var node = TestReplica.Of(3).Node;
        node.Step(Append(0, 0, 1) with { Commit = 1 });
        Assert.Equal(1ul, node.CommitIndex);
        var ready = node.TakeReady();
        Assert.True(ready.CommittedEntries.IsEmpty);
        Assert.False(node.HasReady);
    }

    [Fact]
    public void NewCommitIndex_IsToldToTheFollowers()
    {
        var leader = NewLeader(3, out _);
        var sent = leader.Receive(Accept(2, 1));
        Assert.Equal([(2ul, 1ul), (3ul, 1ul)], sent.Select(m => (m.To, m.Commit)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void AppendThatFollowsAMatchingEntry_IsAccepted(ulong index, ulong term)
    {
        var follower = WithLog(1, 2);
        var answer = follower.Receive(Append(index, term)).Single();
        Assert.Equal((false, index), (answer.IsRejected, answer.Index));
    }

    [Theory]
    [InlineData(2, 3, 2, 2)]
    [InlineData(3, 3, 2, 2)]
    [InlineData(9, 9, 2, 2)]
    [InlineData(2, 1, 1, 1)]
    public void AppendThatFollowsAnUnknownEntry_IsRejectedWithAHint(ulong index, ulong term, ulong hint, ulong hintTerm)
    {
        var follower = WithLog(1, 2);
        var answer = follower.Receive(Append(index, term)).Single();
        Assert.Equal((true, index, hint, hintTerm), (answer.IsRejected, answer.Index, answer.RejectHint, answer.LogTerm));
        Assert.Equal(2ul, follower.Node.LastIndex);
    }

    [Theory]
    [InlineData(2, 2, new ulong[] { 3 }, new ulong[] { 1, 2, 3 })]
    [InlineData(1, 1, new ulong[] { 3, 4 }, new ulong[] { 1, 3, 4 })]
    [InlineData(0, 0, new ulong[] { 1 }, new ulong[] { 1, 2 })]
    [InlineData(0, 0, new ulong[] { 3 }, new ulong[] { 3 })]
    [InlineData(0, 0, new ulong[] { 1, 2 }, new ulong[] { 1, 2 })]
    [InlineData(0, 0, new ulong[] { 1, 2, 4 }, new ulong[] { 1, 2, 4 })]
    public void EntriesReplaceTheSuffixOnlyWhereTheyContradictIt(ulong index, ulong term, ulong[] terms, ulong[] expected)
    {
        var follower = WithLog(1, 2);
        follower.Receive(Append(index, term, terms));
        Assert.Equal(expected, TermsOf(follower));
    }

    [Fact]
    public void OldShorterAppend_DoesNotShortenTheLog()
    {
        var follower = TestReplica.Of(3);
        follower.Receive(Append(0, 0, 1, 1, 1, 1, 1));
        var answer = follower.Receive(Append(0, 0, 1, 1)).Single();
        Assert.Equal((5ul, 2ul), (follower.Node.LastIndex, answer.Index));
    }

    [Fact]
    public void FollowerCommits_NoFurtherThanTheAppendReaches()
    {
        var follower = WithLog(1, 1, 1);
        follower.Receive(Append(1, 1) with { Commit = 3 });
        Assert.Equal(1ul, follower.Node.CommitIndex);
    }

    [Fact]
    public void AppendBeforeTheCommitIndex_IsAnsweredWithIt()
    {
        var follower = WithLog(1, 1, 1);
        follower.Receive(Append(3, 1) with { Commit = 3 });
        var answer = follower.Receive(Append(1, 1)).Single();
        Assert.Equal((false, 3ul), (answer.IsRejected, answer.Index));
    }

    [Fact]
    public void EntryThatContradictsACommittedOne_StopsTheReplica()
    {
        var follower = WithLog(1, 1, 1);
        follower.Receive(Append(3, 1) with { Commit = 3 });
        Assert.Throws<RaftInvariantException>(() => follower.Receive(Append(3, 1, 2) with
        {
            Entries = new[] { new Entry(3, 2, EntryKind.Normal, default) },
        }));
    }

    [Fact]
    public void CommitIndexBeyondTheLog_StopsTheReplica()
    {
        var follower = WithLog(1);
        Assert.Throws<RaftInvariantException>(() =>
            follower.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = 2, To = 1, Term = 9, Commit = 2 }));
    }

    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 4, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 })]
    public void Figure7_AnyFollowerEndsWithTheLeadersLog(ulong[] follower)
    {
        ulong[] leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
        var members = TestReplica.Voters(3);
        var cluster = new TestCluster(0);
        cluster.Add(1, members, TestReplica.LogOf(members, leader)).Log.SetHardState(new HardState(8, 0, 0));
        cluster[1].Restart();
        cluster.Add(2, members, TestReplica.LogOf(members, follower));

        // The third replica has nothing and votes, so that the leader wins whatever the other holds.
        cluster.Add(3, members);
        cluster.Elect(1);
        cluster.Propose(1, 1);
        ulong[] expected = [.. leader, 9, 9];
        Assert.All(cluster.All, r => Assert.Equal(expected, TermsOf(r)));
        Assert.All(cluster.All, r => Assert.Equal((ulong)expected.Length, r.Node.AppliedIndex));
    }

    [Fact]
    public void FollowerThatDiffersInOneTerm_IsBroughtBackInTwoRounds()
    {
        var members = TestReplica.Voters(3);
        var cluster = new TestCluster(0);
        cluster.Add(1, members, TestReplica.LogOf(members, [.. Enumerable.Repeat(1ul, 20), .. Enumerable.Repeat(4ul, 30)]));
        cluster.Add(2, members, TestReplica.LogOf(members, [.. Enumerable.Repeat(1ul, 20), .. Enumerable.Repeat(3ul, 40)]));
        cluster.Add(3, members);
        cluster.Elect(1);
        Assert.Equal(51ul, cluster[2].Node.LastIndex);
        Assert.Equal(1, cluster.Delivered.Count(m => m is { From: 2, Kind: MessageKind.AppendResponse, IsRejected: true }));
    }

    [Fact]
    public void Figure8_EntryOfAnEarlierTerm_IsNotCommittedByCountingReplicas()
    {
        // Step (c): the leader of term 4 has replicated entry 2, of term 2, to a majority.
        var members = TestReplica.Voters(5);
        var log = TestReplica.LogOf(members, 1, 2);
        log.SetHardState(new HardState(3, 0, 0));
        var leader = new TestReplica(1, members, log: log);
        leader.Lead(2, 3);
        leader.Work();
        leader.Receive(Accept(2, 2) with { Term = 4 });
        leader.Receive(Accept(3, 2) with { Term = 4 });
        Assert.Equal(0ul, leader.Node.CommitIndex);

        // Step (e): an entry of its own term on a majority commits everything before it.
        leader.Receive(Accept(2, 3) with { Term = 4 });
        leader.Receive(Accept(3, 3) with { Term = 4 });
        Assert.Equal(3ul, leader.Node.CommitIndex);
        Assert.Equal([1ul, 2, 3], leader.Applied.Select(e => e.Index));
    }

    [Fact]
    public void Acknowledgements_OutOfOrderOrRepeated_DoNotTakeTheCommitIndexBack()
    {
        var leader = NewLeader(3, out _);
        leader.Node.Propose(new byte[] { 7 });
        leader.Work();
        leader.Receive(Accept(2, 2));
        leader.Receive(Accept(2, 1));
        leader.Receive(Accept(2, 2));
        Assert.Equal(2ul, leader.Node.CommitIndex);
        Assert.Equal(2ul, leader.Node.Members[1].MatchIndex);
    }

    [Fact]
    public void WriteAnsweredAfterItsEntriesWereReplaced_DoesNotMakeTheNewOnesStable()
    {
        var node = TestReplica.Of(3).Node;
        node.Step(Append(0, 0, 1, 1) with { Term = 1 });
        var first = node.TakeReady().Messages.ToArray().Single();
        node.Step(new RaftMessage
        {
            Kind = MessageKind.Append, From = 3, To = 1, Term = 2, Commit = 2,
            Entries = new[] { new Entry(1, 2, EntryKind.Normal, default), new Entry(2, 2, EntryKind.Normal, default) },
        });
        node.Step(first.Responses.Single(r => r.Kind == MessageKind.StorageAppendResponse));
        Assert.True(node.TakeReady().CommittedEntries.IsEmpty);
        Assert.Equal(2, node.Log.Tail.Count);
    }

    [Fact]
    public void WriteOfTheSameTermAnsweredAfterItsEntriesWereReplaced_DoesNotMakeTheNewOnesStable()
    {
        // Entries of term 1 are written while the replica is in term 2 already, so the answer carries the current term.
        var node = TestReplica.Of(3).Node;
        node.Step(Append(0, 0, 1, 1) with { Term = 1 });
        node.Step(new RaftMessage { Kind = MessageKind.Vote, From = 3, To = 1, Term = 2 });
        var answer = node.TakeReady().Messages.ToArray().SelectMany(m => m.Responses).Single(r => r.Kind == MessageKind.StorageAppendResponse);
        Assert.Equal((2ul, 2ul, 1ul), (answer.Term, answer.Index, answer.LogTerm));
        node.Step(Append(1, 1, 2) with { From = 3, Term = 2, Commit = 2 });
        node.Step(answer);
        Assert.Equal(2, node.Log.Tail.Count);
        Assert.True(node.TakeReady().CommittedEntries.IsEmpty);
    }

    [Fact]
    public void WriteOfAnEarlierTerm_DoesNotStandForTheSameEntriesPutBackMeanwhile()
    {
        // The write in between puts other entries on the disk, and the write that puts the first ones back has not even begun.
        var node = TestReplica.Of(3).Node;
        node.Step(Append(0, 0, 1, 1) with { Term = 1 });
        var first = node.TakeReady().Messages.ToArray().SelectMany(m => m.Responses).Single(r => r.Kind == MessageKind.StorageAppendResponse);
        node.Step(Append(0, 0, 2) with { From = 3, Term = 2 });
        node.TakeReady();
        node.Step(Append(0, 0, 1, 1) with { Term = 3 });
        node.Step(first);
        Assert.Equal(2, node.Log.Tail.Count);
    }

    [Fact]
    public void ManyProposals_ReachEveryReplicaInOrder()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(2);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(cluster.Propose(2, (byte)i).IsAccepted);
        }

        Assert.All(cluster.All, r => Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), r.Applied.Skip(1).Select(e => e.Data.Span[0])));
    }

    private static TestReplica NewLeader(int size, out List<RaftMessage> sent)
    {
        var leader = TestReplica.Of(size);
        leader.Lead([.. Enumerable.Range(2, size / 2).Select(i => (ulong)i)]);
        sent = leader.Work();
        foreach (var message in sent)
        {
            // The followers have the empty entry in flight; let them answer so that all are replicated to.
            leader.Node.Step(new RaftMessage { Kind = MessageKind.AppendResponse, From = message.To, To = 1, Term = 1, Index = 0 });
        }

        leader.Work();
        return leader;
    }

    private static TestReplica WithLog(params ulong[] terms) =>
        TestReplica.Of(3, log: TestReplica.LogOf(TestReplica.Voters(3), terms));

    private static RaftMessage Accept(ulong follower, ulong index) =>
        new() { Kind = MessageKind.AppendResponse, From = follower, To = 1, Term = 1, Index = index };

    private static RaftMessage Append(ulong index, ulong term, params ulong[] terms) => new()
    {
        Kind = MessageKind.Append,
        From = 2,
        To = 1,
        Term = 9,
        Index = index,
        LogTerm = term,
        Entries = terms.Select((t, i) => new Entry(index + 1 + (ulong)i, t, EntryKind.Normal, default)).ToArray(),
    };

    private static List<ulong> TermsOf(TestReplica replica)
    {
        var terms = new List<ulong>();
        for (var index = replica.Node.FirstIndex; index <= replica.Node.LastIndex; index++)
        {
            terms.Add(replica.Node.Log.TermOrZero(index));
        }

        return terms;
    }
}
