using Bayou.ClusterTests.Failover;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

[assembly: AssemblyFixture(typeof(ThreeNodes))]

namespace Bayou.ClusterTests.Failover;

/// <summary>One cluster for all the tests that leave it as whole as they found it.</summary>
public sealed class ThreeNodes : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private BayouCluster? _cluster;

    /// <summary>The cluster, with every node up.</summary>
    public async Task<BayouCluster> GetAsync()
    {
        if (_cluster is null) _cluster = await BayouCluster.StartAsync(_directory.Path);
        else await _cluster.RestoreAsync();
        return _cluster;
    }

    /// <summary>New channels that all have a message.</summary>
    internal static async Task<string[]> OpenChannelsAsync(BayouCluster cluster, int count)
    {
        string[] channels = [.. Enumerable.Range(0, count).Select(static _ => UniqueName.Next("failover"))];
        await using NatsConnection connection = await BayouCluster.ConnectAsync(cluster.Nodes);
        StanClient client = await StanClient.ConnectAsync(connection);
        foreach (string channel in channels) await client.PublishAsync(channel, "first");
        await client.CloseAsync();
        return channels;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _directory.Dispose();
    }
}
