using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ClusterTests.Failover;

/// <summary>One cluster for all the tests that leave it as whole as they found it. They take turns: what one does to a node no other may meet with.</summary>
[CollectionDefinition(Collection)]
public sealed class ThreeNodes : IAsyncDisposable, ICollectionFixture<ThreeNodes>
{
    /// <summary>The tests that share it.</summary>
    public const string Collection = "three nodes";

    private const int OpenedAtATime = 256;

    private readonly TemporaryDirectory _directory = new();
    private ServerCluster? _cluster;

    /// <summary>The cluster, with every node up.</summary>
    public async Task<ServerCluster> GetAsync()
    {
        if (_cluster is null) _cluster = await ServerCluster.StartAsync(_directory.Path);
        else await _cluster.RestoreAsync();
        return _cluster;
    }

    /// <summary>New channels that all have a message.</summary>
    internal static async Task<string[]> OpenChannelsAsync(ServerCluster cluster, int count)
    {
        string[] channels = [.. Enumerable.Range(0, count).Select(static _ => UniqueName.Next("failover"))];
        await using NatsConnection connection = await ServerCluster.ConnectAsync(cluster.Nodes);
        StanClient client = await StanClient.ConnectAsync(connection);
        await Parallel.ForEachAsync(
            channels, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtATime }, async (channel, _) => await client.PublishAsync(channel, "first"));
        await client.CloseAsync();
        return channels;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _directory.Dispose();
    }
}
