using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>What the driver is told, and when.</summary>
public sealed class ReadyTests
{
    [Fact]
    public void NothingHappened_NothingIsReady()
    {
        var node = TestReplica.Of(3).Node;
        Assert.False(node.HasReady);
        var ready = node.TakeReady();
        Assert.True(ready.Messages.IsEmpty && ready.Entries.IsEmpty && ready.HardState is null && ready.SoftState is null && !ready.MustSync);
    }

    [Fact]
    public void TermOrVoteOrEntries_MustBeSynced_CommitAloneNeedNot()
    {
        var leader = TestReplica.Of(3);
        leader.Node.Campaign();
        Assert.True(leader.Node.TakeReady().MustSync);
        leader = TestReplica.Of(3);
        leader.Lead(2);
        leader.Work();
        leader.Node.Step(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 1, Index = 1 });
        var ready = leader.Node.TakeReady();
        Assert.Equal(1ul, ready.HardState?.Commit);
        Assert.False(ready.MustSync);
    }

    [Fact]
    public void RoleAndLeader_AreReportedWhenTheyChange()
    {
        var replica = TestReplica.Of(3);
        replica.Node.Step(new RaftMessage { Kind = MessageKind.Heartbeat, From = 2, To = 1, Term = 1 });
        Assert.Equal(new SoftState(2, RaftRole.Follower), replica.Node.TakeReady().SoftState);
        Assert.Null(replica.Node.TakeReady().SoftState);
    }

    [Fact]
    public void AdvanceWithAsynchronousWrites_IsAMistakeOfTheDriver()
    {
        var node = TestReplica.Of(1).Node;
        var ready = node.TakeReady();
        Assert.Throws<InvalidOperationException>(() => node.Advance(ready));
    }

    [Fact]
    public void SynchronousMode_SecondReadyBeforeAdvance_IsAMistakeOfTheDriver()
    {
        var node = NewSynchronous(out _);
        node.Campaign();
        node.TakeReady();
        Assert.Throws<InvalidOperationException>(() => node.TakeReady());
    }

    [Fact]
    public void SynchronousMode_SingleVoterLeadsAndCommitsByAdvance()
    {
        var node = NewSynchronous(out var log);
        node.Campaign();
        var applied = new List<Entry>();
        node.Propose(new byte[] { 1 });
        for (var i = 0; node.HasReady && i < 10; i++)
        {
            var ready = node.TakeReady();
            log.Append(ready.Entries.Span);
            applied.AddRange(ready.CommittedEntries.Span);
            Assert.True(ready.Messages.IsEmpty);
            node.Advance(ready);
            if (i == 0)
            {
                Assert.True(node.Propose(new byte[] { 9 }).IsAccepted);
            }
        }

        Assert.Equal([1ul, 2], applied.Select(e => e.Index));
        Assert.Equal(2ul, node.AppliedIndex);
    }

    [Fact]
    public void Messages_OfTheLastReady_AreReplacedByTheNext()
    {
        var leader = TestReplica.Of(3);
        leader.Lead(2);
        leader.Node.TakeReady();
        leader.Tick(0);
        leader.Node.Tick();
        Assert.All(leader.Node.TakeReady().Messages.ToArray(), m => Assert.Equal(MessageKind.Heartbeat, m.Kind));
    }

    private static RaftNode NewSynchronous(out MemoryLog log)
    {
        log = new MemoryLog(TestReplica.Voters(1));
        return new RaftNode(new RaftOptions { Id = 1, Random = new Random(1), AsyncStorageWrites = false, PreVote = false }, log);
    }
}
