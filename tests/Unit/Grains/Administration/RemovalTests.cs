using Bayou.Grains.Administration;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Xunit;

namespace Bayou.Unit.Grains.Administration;

public sealed class RemovalTests
{
    [Fact]
    public void LiveSilo_MayGo() => Assert.Null(Obstacle(new TestCluster(4).With("orders"), 1));

    [Fact]
    public void DeadSilo_MayGo() => Assert.Null(Obstacle(new TestCluster(4).With("orders").Kill(1), 1));

    [Fact]
    public void LiveSiloBesideADeadOne_StaysBecauseOfTheMetadata() =>
        Assert.Contains("metadata", Obstacle(new TestCluster(3).With("orders").Kill(3), 1), StringComparison.Ordinal);

    /// <summary>Six silos, of which five vote in the metadata; the channel is on three of them, one of which is dead.</summary>
    [Fact]
    public void SiloWhoseChannelWouldLoseItsQuorum_Stays()
    {
        var cluster = new TestCluster(6).With("orders");
        var replicas = cluster.Metadata.Channels["orders"].Replicas.Select(replica => new ReplicaId(replica).Silo.Value).ToList();
        cluster.Kill(replicas[1]).Kill(replicas[2]);
        Assert.Contains("orders", Obstacle(cluster, replicas[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void ChannelsThatGetFewerReplicas_AreWarnedOf()
    {
        var cluster = new TestCluster(3).With("orders").With("invoices");
        Assert.Equal(["2 channels will have one replica less: there is no silo left that could take it."], RemovalCheck.Warnings(cluster.Metadata, After(cluster, 1)));
        Assert.Empty(RemovalCheck.Warnings(cluster.Metadata, cluster.Metadata));
    }

    [Fact]
    public void WhatMoves_IsSaidByName()
    {
        var cluster = new TestCluster(4).With("orders");
        Assert.Equal(
            [new ReplicaMove(0, null, "silo1", null), new ReplicaMove(1, "orders", "silo1", "silo4")],
            PlacementDifference.Between(cluster.Metadata, After(cluster, 1)));
    }

    private static string? Obstacle(TestCluster cluster, ulong silo) => RemovalCheck.Obstacle(new SiloNumber(silo), After(cluster, silo), cluster.Known);

    private static MetadataStateMachine After(TestCluster cluster, ulong silo) =>
        cluster.Metadata.Preview(new MetadataCommand { RemoveSilo = new RemoveSilo { Silo = silo } }, out _);
}
