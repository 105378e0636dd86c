using Bayou.Raft;
using Bayou.Raft.Replication;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>How much a leader sends ahead of the answers.</summary>
public sealed class FlowControlTests
{
    [Fact]
    public void Probe_SendsOneAppendUntilItIsAnswered()
    {
        var leader = TestReplica.Of(2);
        leader.Lead(2);
        Assert.Single(leader.Work());
        for (var i = 0; i < 5; i++)
        {
            leader.Node.Propose(new byte[] { 1 });
            Assert.Empty(leader.Work());
        }

        Assert.Equal(ProgressState.Probe, leader.Node.Members[1].State);
    }

    [Fact]
    public void HeartbeatAnswer_LetsAProbeSendOneMore()
    {
        var leader = TestReplica.Of(2);
        leader.Lead(2);
        leader.Work();
        var sent = leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 1 });
        Assert.Equal(MessageKind.Append, sent.Single().Kind);
        leader.Node.Propose(new byte[] { 1 });
        Assert.Empty(leader.Work());
    }

    [Fact]
    public void Replicate_SendsEveryProposalAtOnce()
    {
        var leader = Replicating();
        for (var i = 0; i < 5; i++)
        {
            leader.Node.Propose(new byte[] { 1 });
            Assert.Single(leader.Work());
        }

        Assert.Equal(7ul, leader.Node.Members[1].NextIndex);
    }

    [Fact]
    public void FullWindow_StopsUntilAnAnswerMakesRoom()
    {
        var leader = Replicating(options => options with { MaxInflightMessages = 3 });
        for (var i = 0; i < 3; i++)
        {
            leader.Node.Propose(new byte[] { 1 });
            Assert.Single(leader.Work());
        }

        leader.Node.Propose(new byte[] { 1 });
        Assert.Empty(leader.Work());
        Assert.True(leader.Node.Members[1].IsPaused);
        var sent = leader.Receive(Accept(2));
        Assert.Equal(5ul, sent.Last(m => m.Entries.Length > 0).Entries.Span[0].Index);
    }

    [Fact]
    public void AnswerForALaterIndex_FreesEverythingBeforeIt()
    {
        var leader = Replicating(options => options with { MaxInflightMessages = 3 });
        for (var i = 0; i < 3; i++)
        {
            leader.Node.Propose(new byte[] { 1 });
            leader.Work();
        }

        leader.Receive(Accept(4));
        Assert.Equal(0, leader.Node.Members[1].InflightCount);
    }

    [Fact]
    public void FullWindow_LetsOneEmptyAppendThroughForEachHeartbeatAnswer()
    {
        var leader = Replicating(options => options with { MaxInflightMessages = 1 });
        leader.Node.Propose(new byte[] { 1 });
        leader.Work();
        for (var i = 0; i < 3; i++)
        {
            var sent = leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 1 });
            Assert.Equal((MessageKind.Append, 0), (sent.Single().Kind, sent.Single().Entries.Length));
        }
    }

    [Fact]
    public void WindowOfBytes_StopsOnceItIsFull()
    {
        var leader = Replicating(options => options with { MaxInflightBytes = 100, MaxEntriesBytesPerMessage = 100 });
        leader.Node.Propose(new byte[60]);
        Assert.Single(leader.Work());
        leader.Node.Propose(new byte[60]);
        Assert.Single(leader.Work());
        leader.Node.Propose(new byte[60]);
        Assert.Empty(leader.Work());
    }

    [Fact]
    public void Append_HoldsAsManyEntriesAsFitAndAtLeastOne()
    {
        const int size = 100;
        var leader = Replicating(options => options with { MaxEntriesBytesPerMessage = 2 * (size + Entry.OverheadBytes) });
        ReadOnlyMemory<byte>[] batch = [.. Enumerable.Range(0, 5).Select(_ => (ReadOnlyMemory<byte>)new byte[size])];
        leader.Node.Propose(batch);
        Assert.Equal(2, leader.Work().Single().Entries.Length);
        var sent = leader.Receive(Accept(3));
        Assert.Contains(sent, m => m.Entries.Length == 2);
        Assert.Contains(sent, m => m.Entries.Length == 1);
        leader.Node.Propose(new byte[10 * size]);
        Assert.Equal(1, leader.Work().Single().Entries.Length);
    }

    [Fact]
    public void Unreachable_TurnsReplicateIntoProbe()
    {
        var leader = Replicating();
        leader.Node.Propose(new byte[] { 1 });
        leader.Work();
        leader.Node.ReportUnreachable(2);
        Assert.Equal((ProgressState.Probe, 2ul), (leader.Node.Members[1].State, leader.Node.Members[1].NextIndex));
    }

    [Fact]
    public void LostAppends_AreNoticedByTheNextHeartbeat()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        cluster.Loses = m => m is { To: 3, Kind: MessageKind.Append };
        for (var i = 0; i < 5; i++)
        {
            cluster.Propose(1, (byte)i);
        }

        Assert.Equal(1ul, cluster[3].Node.LastIndex);
        cluster.Loses = static _ => false;
        cluster.Tick(1);
        Assert.Equal(6ul, cluster[3].Node.LastIndex);
        Assert.Equal(6ul, cluster[3].Node.CommitIndex);
    }

    [Fact]
    public void UncommittedBytesOverTheLimit_RefuseFurtherProposals()
    {
        var leader = Replicating(options => options with { MaxUncommittedBytes = 100 }, size: 3);
        Assert.True(leader.Node.Propose(new byte[1000]).IsAccepted);
        Assert.Equal(ProposeOutcome.TooMuchUncommitted, leader.Node.Propose(new byte[1]).Outcome);
        Assert.True(leader.Node.Propose(ReadOnlyMemory<byte>.Empty).IsAccepted);
        leader.Work();
        leader.Receive(Accept(3));
        Assert.True(leader.Node.Propose(new byte[99]).IsAccepted);
        Assert.True(leader.Node.Propose(new byte[1]).IsAccepted);
        Assert.Equal(ProposeOutcome.TooMuchUncommitted, leader.Node.Propose(new byte[1]).Outcome);
    }

    [Fact]
    public void CommittedEntries_AreHandedOutInPagesAndOnlyAsFastAsTheyAreApplied()
    {
        const int size = 100;
        var leader = Replicating(options => options with { MaxApplyingBytes = 2 * (size + Entry.OverheadBytes) });
        ReadOnlyMemory<byte>[] batch = [.. Enumerable.Range(0, 5).Select(_ => (ReadOnlyMemory<byte>)new byte[size])];
        leader.Node.Propose(batch);
        leader.Work();
        leader.Node.Step(Accept(6));
        var ready = leader.Node.TakeReady();
        Assert.Equal(2, ready.CommittedEntries.Length);
        var work = ready.Messages.ToArray().Single(m => m.Kind == MessageKind.StorageApply);
        Assert.True(!leader.Node.HasReady || leader.Node.TakeReady().CommittedEntries.IsEmpty);
        leader.Node.Step(work.Responses[0]);
        Assert.Equal(2, leader.Node.TakeReady().CommittedEntries.Length);
    }

    private static TestReplica Replicating(Func<RaftOptions, RaftOptions>? configure = null, int size = 2)
    {
        var leader = TestReplica.Of(size, configure);
        leader.Lead(2);
        leader.Work();
        leader.Receive(Accept(1));
        Assert.Equal(ProgressState.Replicate, leader.Node.Members[1].State);
        return leader;
    }

    private static RaftMessage Accept(ulong index) =>
        new() { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 1, Index = index };
}
