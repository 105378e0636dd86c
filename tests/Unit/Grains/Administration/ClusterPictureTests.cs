using Bayou.Grains.Administration;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Unit.Grains.Metadata;
using Xunit;

namespace Bayou.Unit.Grains.Administration;

public sealed class ClusterPictureTests
{
    [Fact]
    public void HealthyCluster_HasNothingToReport()
    {
        var summary = Describe(new TestCluster(3).With("orders"));
        Assert.Equal(["silo1", "silo2", "silo3"], summary.Silos.Select(silo => silo.NodeId));
        Assert.Equal([true, false, false], summary.Silos.Select(silo => silo.MetadataLeader));
        Assert.Equal([0, 1, 0], summary.Silos.Select(silo => silo.Leaders));
        var orders = Assert.Single(summary.Groups, group => group.Channel == "orders");
        Assert.Equal(("silo2", true, false, false, false), (orders.Leader, orders.Quorum, orders.UnderReplicated, orders.Moving, orders.Damaged));
        Assert.All(orders.Replicas, replica => Assert.Equal((ReplicaState.Ok, 0UL, true), (replica.State, replica.Lag, replica.Voter)));
    }

    [Fact]
    public void DeadSilo_LeavesItsGroupsUnderReplicatedAndWithQuorum()
    {
        var orders = Describe(new TestCluster(3).With("orders").Kill(3)).Groups[1];
        Assert.True(orders.Quorum);
        Assert.True(orders.UnderReplicated);
        Assert.Equal(ReplicaState.Down, orders.Replicas.Single(replica => replica.NodeId == "silo3").State);
    }

    [Fact]
    public void TwoDeadSilosOfThree_LeaveNoQuorum() =>
        Assert.All(Describe(new TestCluster(3).With("orders").Kill(2).Kill(3)).Groups, group => Assert.False(group.Quorum));

    [Fact]
    public void ReplicaThatLags_SaysByHowMuch()
    {
        var cluster = new TestCluster(3).With("orders");
        cluster.Leader("orders") = cluster.Leader("orders") with { CommitIndex = 100, Members = [new(Id(1), 40), new(Id(2), 120), new(Id(3), 100)] };
        var replicas = Describe(cluster).Groups[1].Replicas;
        Assert.Equal([60UL, 0, 0], replicas.Select(replica => replica.Lag));
    }

    [Fact]
    public void ReplicaThatIsToLeave_IsShownUntilItIsLetGo()
    {
        var cluster = new TestCluster(4).With("orders");
        cluster.Metadata.Apply(new MetadataCommand { RemoveSilo = new RemoveSilo { Silo = 1 } });
        var summary = Describe(cluster);
        Assert.True(summary.Silos[0].Leaving);
        var orders = summary.Groups[1];
        Assert.True(orders.Moving);
        Assert.Equal(ReplicaState.Leaving, orders.Replicas.Single(replica => replica.NodeId == "silo1").State);
        Assert.Equal(ReplicaState.Missing, orders.Replicas.Single(replica => replica.NodeId == "silo4").State);
    }

    [Theory]
    [InlineData(true, ReplicaRole.Follower, ReplicaState.Damaged)]
    [InlineData(false, ReplicaRole.Diverged, ReplicaState.Diverged)]
    public void ReplicaThatIsNotWell_IsReported(bool isDamaged, ReplicaRole role, ReplicaState state)
    {
        var cluster = new TestCluster(3).With("orders");
        cluster.Replica("orders", 3) = cluster.Replica("orders", 3) with { IsDamaged = isDamaged, Role = role };
        var orders = Describe(cluster).Groups[1];
        Assert.True(orders.Damaged);
        Assert.True(orders.UnderReplicated);
        Assert.Equal(state, orders.Replicas[2].State);
    }

    [Fact]
    public void OfTwoThatSayThatTheyLead_TheHigherTermIsRight()
    {
        var cluster = new TestCluster(3).With("orders");
        cluster.Replica("orders", 3) = cluster.Replica("orders", 3) with { Role = ReplicaRole.Leader, Term = 9 };
        Assert.Equal(("silo3", 9UL), (Describe(cluster).Groups[1].Leader, Describe(cluster).Groups[1].Term));
    }

    [Fact]
    public void SiloThatDidNotAnswer_IsUnknown()
    {
        var cluster = new TestCluster(3).With("orders").Mute(3);
        Assert.Equal(ReplicaState.Unknown, Describe(cluster).Groups[1].Replicas[2].State);
    }

    private static ClusterSummary Describe(TestCluster cluster) => ClusterPicture.Of(cluster.Known, static _ => null, []);

    private static ulong Id(ulong silo) => SiloChangeTests.Ids(silo)[0];
}
