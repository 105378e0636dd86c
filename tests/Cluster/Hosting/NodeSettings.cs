using System.Net;
using Bayou.TestKit;
using Bayou.TestKit.Stan;

namespace Bayou.ClusterTests.Hosting;

/// <summary>Where a node of a cluster listens, and how it is started.</summary>
public sealed record NodeSettings
{
    /// <summary>Its node id.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its files.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Its data directory, seen from its folder.</summary>
    public string Data { get; init; } = "store";

    /// <summary>The streaming cluster's id.</summary>
    public string ClusterId { get; init; } = StanClient.Cluster;

    /// <summary>Those who form the cluster with it; all the others, if nothing else is said.</summary>
    public IReadOnlyList<string>? Peers { get; init; }

    /// <summary>Forms a cluster by itself.</summary>
    public bool Bootstraps { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int ClientPort { get; init; } = FreePort.Find();

    public int RoutePort { get; init; } = FreePort.Find();

    /// <summary>More settings, as they stand in a configuration file.</summary>
    public string More { get; init; } = "";

    /// <summary>More settings of its streaming side.</summary>
    public string MoreStreaming { get; init; } = "";

    /// <summary>Programs that start the server in turn, such as one that enters a network namespace.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    public IPEndPoint Endpoint => new(Address, ClientPort);

    /// <summary>The configuration file of this node among others.</summary>
    public string ConfigurationFor(IEnumerable<NodeSettings> nodes)
    {
        NodeSettings[] others = [.. nodes.Where(node => node != this)];
        return $$"""
            listen: {{Address}}:{{ClientPort}}
            {{More}}
            cluster {
              listen: {{Address}}:{{RoutePort}}
              routes: [ {{string.Concat(others.Select(static node => $"\"nats-route://{node.Address}:{node.RoutePort}\", "))}}]
            }
            streaming {
              id: {{ClusterId}}
              store: file
              dir: {{Data}}
              {{MoreStreaming}}
              cluster {
                node_id: "{{Name}}"
                {{Formation(others)}}
              }
            }
            """;
    }

    private string Formation(NodeSettings[] others) => Bootstraps
        ? "bootstrap: true"
        : $"peers: [ {string.Join(", ", (Peers ?? [.. others.Select(static node => node.Name)]).Select(static name => $"\"{name}\""))} ]";
}
