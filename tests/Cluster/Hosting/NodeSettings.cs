using System.Net;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Hosting;

/// <summary>Where a node of a cluster listens, and how it is started.</summary>
public sealed record NodeSettings
{
    /// <summary>Its node id.</summary>
    public required string Name { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int ClientPort { get; init; } = FreePort.Find();

    public int RoutePort { get; init; } = FreePort.Find();

    /// <summary>Programs that start the server in turn, such as one that enters a network namespace.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    public IPEndPoint Endpoint => new(Address, ClientPort);

    /// <summary>The configuration file of this node among others.</summary>
    public string ConfigurationFor(IEnumerable<NodeSettings> nodes, string clusterId)
    {
        NodeSettings[] others = [.. nodes.Where(node => node.Name != Name)];
        return $$"""
            listen: {{Address}}:{{ClientPort}}
            cluster {
              listen: {{Address}}:{{RoutePort}}
              routes: [ {{string.Concat(others.Select(static node => $"\"nats-route://{node.Address}:{node.RoutePort}\", "))}}]
            }
            streaming {
              id: {{clusterId}}
              store: file
              dir: store
              cluster {
                node_id: "{{Name}}"
                peers: [ {{string.Join(", ", others.Select(static node => $"\"{node.Name}\""))}} ]
              }
            }
            """;
    }
}
