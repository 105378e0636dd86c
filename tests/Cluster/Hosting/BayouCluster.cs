using System.Net;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;

namespace Bayou.ClusterTests.Hosting;

/// <summary>Servers that form a cluster, each with a folder of its own that holds its configuration file and its data.</summary>
public sealed class BayouCluster : IAsyncDisposable
{
    private BayouCluster(IReadOnlyList<ClusterNode> nodes) => Nodes = nodes;

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public IEnumerable<ClusterNode> Running => Nodes.Where(static node => node.IsRunning);

    /// <summary>Writes the configuration files of a cluster, and starts nothing.</summary>
    public static BayouCluster Prepare(string directory, IReadOnlyList<NodeSettings> nodes)
    {
        var prepared = new List<ClusterNode>();
        foreach (NodeSettings node in nodes)
        {
            string folder = Directory.CreateDirectory(Path.Combine(directory, node.Name)).FullName;
            string file = Path.Combine(folder, "bayou.conf");
            File.WriteAllText(file, node.ConfigurationFor(nodes, StanClient.Cluster));
            var launch = new ServerLaunch { Directory = folder, Port = node.ClientPort, ConfigurationFile = file, Flags = ["-SD"], Wrapper = node.Wrapper };
            prepared.Add(new ClusterNode(node.Name, node.Endpoint, launch));
        }

        return new BayouCluster(prepared);
    }

    /// <summary>Starts three nodes on ports of the loopback address.</summary>
    public static async Task<BayouCluster> StartAsync(string directory)
    {
        BayouCluster cluster = Prepare(directory, [new() { Name = "a" }, new() { Name = "b" }, new() { Name = "c" }]);
        await cluster.RestoreAsync();
        return cluster;
    }

    /// <summary>Completes when every node runs and is ready.</summary>
    public async Task RestoreAsync()
    {
        foreach (ClusterNode node in Nodes.Where(static node => !node.IsRunning)) node.Begin();
        await Task.WhenAll(Nodes.Select(static node => node.ReadyAsync()));
    }

    /// <summary>Connects to one of the given nodes, and to the next of them when that one is gone.</summary>
    public static Task<NatsConnection> ConnectAsync(params IEnumerable<ClusterNode> nodes) =>
        NatsConnection.ConnectAsync([.. nodes.Select(static node => node.Endpoint)], reconnects: true);

    public IEnumerable<ClusterNode> Except(ClusterNode node) => Nodes.Where(other => other != node);

    /// <summary>The node that was the last one to say that it leads a channel.</summary>
    public ClusterNode LeaderOf(string channel) => Nodes
        .Select(node => (Node: node, Since: LedSince(node, channel)))
        .MaxBy(static led => led.Since, StringComparer.Ordinal) is { Since.Length: > 0 } leader
            ? leader.Node
            : throw new InvalidOperationException($"Nobody has said that it leads channel {channel}.");

    /// <summary>All that the nodes have written, for the report of a failure.</summary>
    public string Logs => string.Join("\n", Nodes.Select(static node => $"--- {node.Name}\n{node.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in Nodes) await node.DisposeAsync();
    }

    /// <summary>The time in the log's own form, which sorts as text; the nodes share one clock.</summary>
    private static string LedSince(ClusterNode node, string channel)
    {
        string line = node.Log.Split('\n').LastOrDefault(line => line.EndsWith($"Leads channel {channel}", StringComparison.Ordinal), "");
        return line.Length == 0 ? "" : line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..line.IndexOf("[DBG]", StringComparison.Ordinal)];
    }
}
