using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ClusterTests.Failover;

/// <summary>A node that stood still for so long that the others have given it up.</summary>
[Collection(ThreeNodes.Collection)]
public sealed class DefunctNodeTests(ThreeNodes nodes)
{
    /// <summary>Until Orleans gives up a silo: some missed probes, and the votes of those who missed them.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Node_that_was_taken_for_dead_starts_anew_by_itself()
    {
        ServerCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        ClusterNode node = cluster.Nodes[2];
        ServerProcess process = node.Process;
        int processId = process.ProcessId;
        process.Freeze();
        await Task.Delay(Silence, TestContext.Current.CancellationToken);
        process.Thaw();
        await process.WaitForLogAsync("Streaming Server is ready", after: "it starts anew");

        // The same process id, and a server that serves.
        await using NatsConnection connection = await ServerCluster.ConnectAsync(node);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync(channel, "after");
        await client.CloseAsync();
        Assert.True(process.IsRunning);
        Assert.Equal(processId, process.ProcessId);
    }
}
