using Bayou.Raft;
using Bayou.Raft.Replication;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>§7 of the paper: log compaction, and bringing a replica up to date with a snapshot.</summary>
public sealed class SnapshotTests
{
    private static readonly ConfState Three = TestReplica.Voters(3);

    [Fact]
    public void FollowerThatNeedsCompactedEntries_IsSentASnapshotAndThenTheRest()
    {
        var cluster = Compacted();
        cluster.Heal();
        cluster.Tick(1);
        cluster[1].Node.ReportSnapshot(3, isInstalled: true);
        cluster.Tick(1, 2);
        Assert.Contains(cluster.Delivered, m => m is { To: 3, Kind: MessageKind.Snapshot });
        Assert.Equal(cluster[1].Node.LastIndex, cluster[3].Node.LastIndex);
        Assert.Equal(cluster[1].Node.CommitIndex, cluster[3].Node.CommitIndex);
        Assert.Equal(8ul, cluster[3].Node.FirstIndex);
        Assert.Equal(ProgressState.Replicate, cluster[1].Node.Members[2].State);
    }

    [Fact]
    public void WhileASnapshotIsOnItsWay_NothingElseIsSent()
    {
        var cluster = Compacted();
        cluster.Heal();
        cluster.Loses = m => m is { To: 3, Kind: MessageKind.Snapshot };
        cluster.Tick(1);
        Assert.Equal(ProgressState.Snapshot, cluster[1].Node.Members[2].State);
        cluster.Delivered.Clear();
        cluster.Propose(1, 1);
        cluster.Tick(1, 3);
        Assert.DoesNotContain(cluster.Delivered, m => m is { To: 3, Kind: MessageKind.Append or MessageKind.Snapshot });
    }

    [Fact]
    public void FailedSnapshot_IsTriedAgainAfterTheNextHeartbeat()
    {
        var cluster = Compacted();
        cluster.Heal();
        cluster.Loses = m => m is { To: 3, Kind: MessageKind.Snapshot };
        cluster.Tick(1);
        cluster.Loses = static _ => false;
        cluster[1].Node.ReportSnapshot(3, isInstalled: false);
        cluster.Tick(1, 2);
        Assert.Equal(cluster[1].Node.LastIndex, cluster[3].Node.LastIndex);
    }

    [Fact]
    public void NoSnapshotReadyYet_LeaderAsksAgainLater()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        cluster.Isolate(3);
        cluster.Propose(1, 1);
        cluster[1].Log.Compact(2);
        cluster.Heal();
        cluster.Tick(1, 2);
        Assert.DoesNotContain(cluster.Delivered, m => m.Kind == MessageKind.Snapshot);
        cluster[1].Log.CreateSnapshot(2, Three, default);
        cluster.Tick(1, 2);
        Assert.Contains(cluster.Delivered, m => m.Kind == MessageKind.Snapshot);
    }

    [Fact]
    public void SilentFollower_IsSentNoSnapshot()
    {
        var cluster = Compacted();
        cluster.Tick(1, 5);
        Assert.NotEqual(ProgressState.Snapshot, cluster[1].Node.Members[2].State);
    }

    [Fact]
    public void Snapshot_ReplacesTheLogAndTheMembership()
    {
        var replica = TestReplica.Of(3, log: TestReplica.LogOf(Three, 1, 1, 1, 1, 1));
        var answer = replica.Receive(SnapshotAt(4, 3, TestReplica.Voters(5))).Single();
        Assert.Equal((MessageKind.AppendResponse, 4ul), (answer.Kind, answer.Index));
        Assert.Equal((4ul, 4ul, 4ul, 5ul), (replica.Node.LastIndex, replica.Node.CommitIndex, replica.Node.AppliedIndex, replica.Node.FirstIndex));
        Assert.Equal(TestReplica.Voters(5), replica.Node.ConfState);
    }

    [Fact]
    public void SnapshotOfCommittedEntries_IsIgnored()
    {
        var replica = TestReplica.Of(3);
        replica.Receive(SnapshotAt(4, 3, Three));
        var answer = replica.Receive(SnapshotAt(3, 3, TestReplica.Voters(5))).Single();
        Assert.Equal((4ul, 4ul), (answer.Index, replica.Node.LastIndex));
        Assert.Equal(Three, replica.Node.ConfState);
    }

    [Fact]
    public void SnapshotThatMatchesTheLog_OnlyMovesTheCommitIndex()
    {
        var replica = TestReplica.Of(3, log: TestReplica.LogOf(Three, 1, 1, 1));
        replica.Receive(SnapshotAt(2, 1, Three));
        Assert.Equal((3ul, 2ul, 1ul), (replica.Node.LastIndex, replica.Node.CommitIndex, replica.Node.FirstIndex));
    }

    [Fact]
    public void SnapshotThatIsNotWritten_KeepsTheReplicaFromCampaigningAndIsNotAcknowledged()
    {
        var node = TestReplica.Of(3).Node;
        node.Step(SnapshotAt(4, 3, Three));
        node.Campaign();
        Assert.Equal(RaftRole.Follower, node.Role);
        var write = node.TakeReady().Messages.ToArray().Single();
        Assert.Equal((MessageKind.StorageAppend, 4ul), (write.Kind, write.Snapshot?.Index));
        Assert.Contains(write.Responses, r => r is { Kind: MessageKind.AppendResponse, Index: 4 });
    }

    [Fact]
    public void MembershipChangeCoveredByASnapshot_IsNotAppliedAgain()
    {
        var replica = TestReplica.Of(3);
        replica.Receive(SnapshotAt(4, 3, TestReplica.Voters(4)));
        var change = Bayou.Raft.Membership.ConfChange.Of(Bayou.Raft.Membership.ConfChangeKind.Remove, 4);
        replica.Node.ApplyConfChange(new Entry(3, 3, EntryKind.ConfChangeV2, change.Encode()));
        Assert.Equal(TestReplica.Voters(4), replica.Node.ConfState);
        replica.Node.ApplyConfChange(new Entry(5, 3, EntryKind.ConfChangeV2, change.Encode()));
        Assert.Equal(Three, replica.Node.ConfState);
    }

    [Fact]
    public void RestartFromACompactedLog_TakesWhatWasAppliedAsCommitted()
    {
        var log = new MemoryLog(new HardState(3, 0, 2), Three, compactedIndex: 5, compactedTerm: 3);
        log.Append([new Entry(6, 3, EntryKind.Normal, default), new Entry(7, 3, EntryKind.Normal, default)]);
        var node = TestReplica.Of(3, options => options with { Applied = 6 }, log).Node;
        Assert.Equal((6ul, 6ul, 7ul, 6ul), (node.CommitIndex, node.AppliedIndex, node.LastIndex, node.FirstIndex));
    }

    private static TestCluster Compacted()
    {
        var cluster = new TestCluster(3);
        cluster.Elect(1);
        cluster.Isolate(3);
        for (var i = 0; i < 8; i++)
        {
            cluster.Propose(1, (byte)i);
        }

        cluster[1].Log.CreateSnapshot(7, Three, default);
        cluster[1].Log.Compact(7);
        return cluster;
    }

    private static RaftMessage SnapshotAt(ulong index, ulong term, ConfState members) => new()
    {
        Kind = MessageKind.Snapshot, From = 2, To = 1, Term = 3, Snapshot = new Snapshot(index, term, members, default),
    };
}
