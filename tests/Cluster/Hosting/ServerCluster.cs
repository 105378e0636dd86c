using System.Net;
using Bayou.TestKit;
using Bayou.TestKit.Nats;

namespace Bayou.ClusterTests.Hosting;

/// <summary>Servers that form a cluster, each with a folder of its own that holds its configuration file and its data.</summary>
public sealed class ServerCluster : IAsyncDisposable
{
    public ServerCluster(IReadOnlyList<ClusterNode> nodes) => Nodes = nodes;

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public IEnumerable<ClusterNode> Running => Nodes.Where(static node => node.IsRunning);

    /// <summary>Writes the configuration files of a cluster, and starts nothing.</summary>
    public static ServerCluster Prepare(string directory, IReadOnlyList<NodeSettings> nodes) => new([.. nodes.Select(node => Prepare(directory, node, nodes))]);

    /// <summary>Writes the configuration file of a node among others.</summary>
    public static ClusterNode Prepare(string directory, NodeSettings node, IReadOnlyList<NodeSettings> nodes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, node.Folder.Length > 0 ? node.Folder : node.Name)).FullName;
        string file = Path.Combine(folder, "bayou.conf");
        File.WriteAllText(file, node.ConfigurationFor(nodes));
        var launch = new ServerLaunch { Directory = folder, Port = node.ClientPort, ConfigurationFile = file, Flags = ["-SD"], Wrapper = node.Wrapper };
        return new ClusterNode(node.Name, node.Endpoint, launch, node.Data);
    }

    /// <summary>Starts three nodes on ports of the loopback address, with more settings for their streaming side.</summary>
    public static async Task<ServerCluster> StartAsync(string directory, string streaming = "")
    {
        ServerCluster cluster = Prepare(directory, [.. ((string[])["a", "b", "c"]).Select(name => new NodeSettings { Name = name, MoreStreaming = streaming })]);
        await cluster.RestoreAsync();
        return cluster;
    }

    /// <summary>Completes when every node runs and is ready.</summary>
    public async Task RestoreAsync()
    {
        foreach (ClusterNode node in Nodes.Where(static node => !node.IsRunning)) await node.BeginAgainAsync();
        await Task.WhenAll(Nodes.Select(static node => node.ReadyAsync()));
    }

    /// <summary>Connects to one of the given nodes, and to the next of them when that one is gone.</summary>
    public static Task<NatsConnection> ConnectAsync(params IEnumerable<ClusterNode> nodes) =>
        NatsConnection.ConnectAsync([.. nodes.Select(static node => node.Endpoint)], reconnects: true);

    public IEnumerable<ClusterNode> Except(ClusterNode node) => Nodes.Where(other => other != node);

    /// <summary>The node that was the last one to say that it leads a channel.</summary>
    public ClusterNode LeaderOf(string channel) => Leaders().TryGetValue(channel, out ClusterNode? leader)
        ? leader
        : throw new InvalidOperationException($"Nobody has said that it leads channel {channel}.");

    /// <summary>For each channel the node that was the last one to say that it leads it.</summary>
    public IReadOnlyDictionary<string, ClusterNode> Leaders()
    {
        var leaders = new Dictionary<string, (ClusterNode Node, string Since)>(StringComparer.Ordinal);
        foreach (ClusterNode node in Nodes)
        {
            foreach ((string channel, string since) in LedSince(node))
            {
                if (!leaders.TryGetValue(channel, out (ClusterNode, string Since) known) || StringComparer.Ordinal.Compare(since, known.Since) > 0)
                    leaders[channel] = (node, since);
            }
        }

        return leaders.ToDictionary(static led => led.Key, static led => led.Value.Node, StringComparer.Ordinal);
    }

    /// <summary>All that the nodes have written, for the report of a failure.</summary>
    public string Logs => string.Join("\n", Nodes.Select(static node => $"--- {node.Name}\n{node.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in Nodes) await node.DisposeAsync();
    }

    /// <summary>The channels with the time in the log's own form, which sorts as text; the nodes share one clock.</summary>
    private static IEnumerable<(string Channel, string Since)> LedSince(ClusterNode node)
    {
        const string leads = "Leads channel ";
        foreach (string line in node.Log.Split('\n'))
        {
            int at = line.IndexOf(leads, StringComparison.Ordinal);
            if (at >= 0) yield return (line[(at + leads.Length)..], line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..line.IndexOf("[DBG]", StringComparison.Ordinal)]);
        }
    }
}
