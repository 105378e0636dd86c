using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

public sealed class ProposalTests
{
    [Fact]
    public void WithoutALeader_ProposalIsRefused()
    {
        Assert.Equal(ProposeOutcome.NoLeader, TestReplica.Of(3).Node.Propose(new byte[] { 1 }).Outcome);
        var candidate = TestReplica.Of(3);
        candidate.Node.Campaign();
        Assert.Equal(ProposeOutcome.NoLeader, candidate.Node.Propose(new byte[] { 1 }).Outcome);
    }

    [Fact]
    public void OnAFollowerThatForwards_ProposalReachesTheLeader()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        Assert.Equal(ProposeOutcome.Forwarded, cluster.Propose(2, 42).Outcome);
        Assert.Equal(42, cluster[2].Applied[^1].Data.Span[0]);
    }

    [Fact]
    public void OnAFollowerThatDoesNotForward_ProposalIsRefused()
    {
        var cluster = new TestCluster(3, options => options with { ForwardProposals = false });
        cluster.Elect(1);
        Assert.Equal(ProposeOutcome.NotLeader, cluster.Propose(2, 42).Outcome);
    }

    [Fact]
    public void Batch_IsOneAppendWithConsecutiveIndexes()
    {
        var leader = TestReplica.Of(1);
        leader.Lead();
        leader.Work();
        ReadOnlyMemory<byte>[] batch = [new byte[] { 1 }, new byte[] { 2 }];
        var result = leader.Node.Propose(batch);
        Assert.Equal(new ProposeResult(ProposeOutcome.Accepted, 2, 1), result);
        Assert.Equal([2ul, 3], leader.Node.TakeReady().Entries.ToArray().Select(e => e.Index));
    }

    [Fact]
    public void EmptyBatch_IsAMistakeOfTheCaller() =>
        Assert.Throws<ArgumentException>(() => TestReplica.Of(1).Node.Propose(ReadOnlySpan<ReadOnlyMemory<byte>>.Empty));

    [Fact]
    public void ProposalOfALostLeader_IsReplacedByThatOfTheNextTerm()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        cluster.Isolate(1);
        var lost = cluster.Propose(1, 1);
        Assert.True(lost.IsAccepted);
        cluster.Elect(2);
        cluster.Propose(2, 2);
        cluster.Heal();
        cluster.Tick(2, 2);
        var applied = cluster[1].Applied.Single(e => e.Index == lost.FirstIndex);
        Assert.NotEqual(lost.Term, applied.Term);
        Assert.All(cluster.All, r => Assert.DoesNotContain(r.Applied, e => e.Data.Length == 1 && e.Data.Span[0] == 1));
    }
}
