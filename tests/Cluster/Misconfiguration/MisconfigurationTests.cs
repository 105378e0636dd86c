using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ClusterTests.Misconfiguration;

/// <summary>
/// Servers that cannot become one cluster as they are configured: each says why in one line and exits with 1, and leaves its data as they were.
/// </summary>
public sealed class MisconfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Server_whose_peer_does_not_come_says_for_whom_it_waits_and_stops_at_once_when_told()
    {
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [Node("a"), Node("b"), Node("c")]);
        ClusterNode a = cluster.Nodes[0];
        a.Begin();
        await a.Process.WaitForLogAsync("Waiting for b and c to form the cluster");
        cluster.Nodes[1].Begin();
        await cluster.Nodes[1].Process.WaitForLogAsync("Waiting for c to form the cluster");
        Assert.True(a.IsRunning);
        Assert.Equal(0, await a.StopAsync());
        Assert.DoesNotContain("[FTL]", a.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Founders_that_name_different_peers_are_told_so()
    {
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [Node("a") with { Peers = ["b", "c"] }, Node("b") with { Peers = ["a", "d"] }]);
        foreach (ClusterNode node in cluster.Nodes) node.Begin();

        // The other one goes on waiting if the first is gone before they have found each other both ways.
        Task<int>[] exits = [.. cluster.Nodes.Select(static node => node.Process.ExitAsync())];
        int first = Array.IndexOf(exits, await Task.WhenAny(exits));
        Assert.Equal(1, await exits[first]);
        Assert.Contains(
            first == 0 ? "this server is to form a cluster of a, b, c, and its peer b one of a, b, d" : "this server is to form a cluster of a, b, d, and its peer a one of a, b, c",
            cluster.Nodes[first].Log,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_servers_with_one_node_id_the_later_one_leaves()
    {
        await using ServerCluster cluster = ServerCluster.Prepare(
            _directory.Path, [Node("a") with { Peers = ["b"] }, Node("a") with { Folder = "namesake", Peers = ["b"] }]);
        cluster.Nodes[0].Begin();
        await cluster.Nodes[0].Process.WaitForLogAsync("] Server is ready");
        cluster.Nodes[1].Begin();
        Assert.Equal(1, await cluster.Nodes[1].ExitAsync());
        Assert.Contains($"another server of cluster {StanClient.Cluster} has the node id a", cluster.Nodes[1].Log, StringComparison.Ordinal);
        Assert.True(cluster.Nodes[0].IsRunning);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_in_use_is_an_error_while_the_cluster_is_waited_for(bool isClientPort)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        NodeSettings a = isClientPort ? Node("a") with { ClientPort = port } : Node("a") with { RoutePort = port };
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [a, Node("b"), Node("c")]);
        cluster.Nodes[0].Begin();
        Assert.Equal(1, await cluster.Nodes[0].ExitAsync());
        Assert.Contains($"127.0.0.1:{port}", cluster.Nodes[0].Log, StringComparison.Ordinal);
        Assert.Contains("address already in use", cluster.Nodes[0].Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", cluster.Nodes[0].Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("z", StanClient.Cluster, "the data directory belongs to node \"a\", not \"z\"")]
    [InlineData("a", "other", "cluster ID \"other\" does not match recovered value of \"test-cluster\"")]
    public async Task Data_directory_of_another_node_or_cluster_is_refused_and_stays_as_it_was(string name, string clusterId, string reason)
    {
        await using (ServerCluster first = ServerCluster.Prepare(_directory.Path, [Node("a") with { Bootstraps = true }]))
        {
            await first.Nodes[0].StartAsync();
            await PublishAsync(first.Nodes[0]);
            Assert.Equal(0, await first.Nodes[0].StopAsync());
        }

        NodeSettings stranger = Node(name) with { Folder = "a", ClusterId = clusterId, Bootstraps = true };
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [stranger]);
        ClusterNode node = cluster.Nodes[0];
        Dictionary<string, string> before = FilesOf(node.DataDirectory);
        node.Begin();
        Assert.Equal(1, await node.ExitAsync());
        Assert.Contains(reason, node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Log, StringComparison.Ordinal);
        Assert.Equal(before, FilesOf(node.DataDirectory));
    }

    [Fact]
    public async Task Second_server_that_was_bootstrapped_leaves_the_cluster_of_the_first()
    {
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [Node("a") with { Bootstraps = true }, Node("b") with { Bootstraps = true }]);
        await cluster.Nodes[0].StartAsync();
        await PublishAsync(cluster.Nodes[0]);
        cluster.Nodes[1].Begin();
        Assert.Equal(1, await cluster.Nodes[1].ExitAsync());
        Assert.Contains("bootstrap one server only", cluster.Nodes[1].Log, StringComparison.Ordinal);
        await PublishAsync(cluster.Nodes[0]);
    }

    [Fact]
    public async Task Server_without_peers_joins_the_cluster_that_it_finds()
    {
        await using ServerCluster cluster = ServerCluster.Prepare(_directory.Path, [Node("a") with { Bootstraps = true }, Node("b") with { Peers = [] }]);
        foreach (ClusterNode node in cluster.Nodes) node.Begin();
        foreach (ClusterNode node in cluster.Nodes) await node.ReadyAsync();
        await PublishAsync(cluster.Nodes[1]);
    }

    public void Dispose() => _directory.Dispose();

    private static NodeSettings Node(string name) => new() { Name = name };

    private static async Task PublishAsync(ClusterNode node)
    {
        await using NatsConnection connection = await ServerCluster.ConnectAsync(node);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync("misconfigured", "still here");
        await client.CloseAsync();
    }

    /// <summary>Every file by the hash of its content; but the identity, which counts starts.</summary>
    private static Dictionary<string, string> FilesOf(string directory) => Directory
        .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Where(static file => !Path.GetFileName(file).StartsWith("IDENT.", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetRelativePath(directory, file), static file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
}
