using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§6.4 of the thesis: linearizable reads.</summary>
public sealed class ReadIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_OnAnyReplica_IsAnsweredWithTheCommitIndex(ulong replica)
    {
        var cluster = NewCluster();
        cluster.Propose(1, 1);
        cluster[replica].Node.ReadIndex(77);
        cluster.Run();
        Assert.Equal([new ReadState(2, 77)], cluster[replica].Reads);
    }

    [Fact]
    public void LeaderWithoutAQuorum_DoesNotAnswer()
    {
        var cluster = NewCluster();
        cluster.Isolate(1);
        cluster[1].Node.ReadIndex(1);
        cluster.Tick(1, 5);
        Assert.Empty(cluster[1].Reads);
        cluster.Heal();
        cluster.Tick(1);
        Assert.Equal([new ReadState(1, 1)], cluster[1].Reads);
    }

    [Fact]
    public void DeposedLeader_NeverAnswersWhatItWasAskedBefore()
    {
        var cluster = NewCluster();
        cluster.Isolate(1);
        cluster[1].Node.ReadIndex(1);
        cluster.Elect(2);
        cluster.Propose(2, 1);
        cluster.Heal();
        cluster.Tick(2, 3);
        cluster.Tick(1, 3);
        Assert.Empty(cluster[1].Reads);
    }

    [Fact]
    public void NewLeader_AnswersOnlyAfterAnEntryOfItsTermIsCommitted()
    {
        var members = TestReplica.Voters(3);
        var leader = new TestReplica(1, members, log: TestReplica.LogOf(members, 1, 1, 1));
        leader.Lead(2);
        leader.Work();
        leader.Node.ReadIndex(5);
        Assert.DoesNotContain(leader.Work(), m => m.Kind == MessageKind.Heartbeat);
        var sent = leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 2, Index = 4 });
        var heartbeat = sent.First(m => m is { Kind: MessageKind.Heartbeat, To: 2 });
        Assert.Empty(leader.Reads);
        leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 2, Context = heartbeat.Context });
        Assert.Equal([new ReadState(4, 5)], leader.Reads);
    }

    [Fact]
    public void SingleVoterThatForgotItsCommitIndex_AnswersOnlyAfterItsOwnEntryIsCommitted()
    {
        // Everything in the log was answered to clients; the stored commit index is older, as it may be.
        var members = TestReplica.Voters(1);
        var replica = new TestReplica(1, members, log: TestReplica.LogOf(members, 1, 1, 1));
        replica.Node.Campaign();
        replica.Node.ReadIndex(1);
        replica.Work();
        replica.Node.ReadIndex(2);
        replica.Work();
        Assert.All(replica.Reads, read => Assert.Equal(4ul, read.Index));
        Assert.NotEmpty(replica.Reads);
    }

    [Fact]
    public void ManyReads_AreAnsweredInOrderByOneRound()
    {
        var cluster = NewCluster();
        for (var i = 1ul; i <= 5; i++)
        {
            cluster[1].Node.ReadIndex(i);
        }

        cluster.Run();
        Assert.Equal([1ul, 2, 3, 4, 5], cluster[1].Reads.Select(r => r.Context));
    }

    [Fact]
    public void AnswerToAnEarlierRound_DoesNotConfirmALaterRead()
    {
        var leader = TestReplica.Of(3);
        leader.Lead(2);
        leader.Work();
        leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 1, Index = 1 });
        leader.Node.ReadIndex(1);
        var first = leader.Work().First(m => m.Kind == MessageKind.Heartbeat);
        leader.Node.ReadIndex(2);
        leader.Work();
        leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 1, Context = first.Context });
        Assert.Equal([1ul], leader.Reads.Select(r => r.Context));
    }

    [Fact]
    public void AnswersOfAMinority_DoNotConfirmARead()
    {
        var leader = TestReplica.Of(5);
        leader.Lead(2, 3);
        leader.Work();
        leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 1, Index = 1 });
        leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 3, To = 1, Term = 1, Index = 1 });
        leader.Node.ReadIndex(1);
        var round = leader.Work().First(m => m.Kind == MessageKind.Heartbeat).Context;
        leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 1, Context = round });
        leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 2, To = 1, Term = 1, Context = round });
        Assert.Empty(leader.Reads);
        leader.Receive(new RaftMessage { Kind = MessageKind.HeartbeatResponse, From = 3, To = 1, Term = 1, Context = round });
        Assert.Equal([new ReadState(1, 1)], leader.Reads);
    }

    [Fact]
    public void LeaseBased_IsAnsweredWithoutARound()
    {
        var leader = TestReplica.Of(3, options => options with { CheckQuorum = true, ReadOnlyOption = ReadOnlyOption.LeaseBased });
        leader.Lead(2);
        leader.Work();
        leader.Receive(new RaftMessage { Kind = MessageKind.AppendResponse, From = 2, To = 1, Term = 1, Index = 1 });
        leader.Node.ReadIndex(9);
        Assert.Empty(leader.Work());
        Assert.Equal([new ReadState(1, 9)], leader.Reads);
    }

    [Fact]
    public void FollowerWithoutALeader_LosesTheRequest()
    {
        var replica = TestReplica.Of(3);
        replica.Node.ReadIndex(1);
        Assert.Empty(replica.Work());
    }

    private static TestCluster NewCluster()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        return cluster;
    }
}
