using Bayou.Gateway;
using Bayou.Gateway.Routes;

namespace Bayou.Conformance.Routes;

/// <summary>Servers of both kinds that form one cluster.</summary>
public sealed class Mesh : IAsyncDisposable
{
    private readonly List<MeshNode> _nodes = [];

    public IReadOnlyList<MeshNode> Nodes => _nodes;

    public MeshNode this[int index] => _nodes[index];

    /// <summary>
    /// Starts one server per letter, <c>B</c> for Bayou and <c>n</c> for nats-server. Each but the first is told of the first
    /// alone; the rest is gossip.
    /// </summary>
    public static async Task<Mesh> StartAsync(string kinds, ClusterOptions? cluster = null, GatewayOptions? options = null)
    {
        var mesh = new Mesh();
        foreach (char kind in kinds) await mesh.AddAsync(kind, cluster, options);
        await mesh.SettleAsync();
        return mesh;
    }

    public async Task<MeshNode> AddAsync(char kind, ClusterOptions? cluster = null, GatewayOptions? options = null)
    {
        cluster ??= new ClusterOptions { Name = "east" };
        RouteUrl[] seed = _nodes.Count == 0 ? [] : [_nodes[0].Url with { User = cluster.User, Password = cluster.Password }];
        MeshNode node = await MeshNode.StartAsync(kind == 'B' ? ServerKind.Gateway : ServerKind.Oracle, cluster with { Routes = seed }, options);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Completes when every server has a route to every other and knows what its clients have subscribed to so far.</summary>
    public Task SettleAsync() => Task.WhenAll(
        from node in _nodes
        from other in _nodes
        where node != other
        select node.ReachAsync(other));

    public async ValueTask DisposeAsync()
    {
        foreach (MeshNode node in _nodes) await node.DisposeAsync();
    }
}
