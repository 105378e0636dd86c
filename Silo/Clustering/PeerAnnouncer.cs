using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Links;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Tells the other Bayou servers, over the routes between them, where the replicas of this one are to be reached, and learns the
/// same of them. So a cluster needs no addresses but those of its routes.
/// </summary>
internal sealed partial class PeerAnnouncer(
    string nodeId, string clusterId, PeerLinks links, ReplicaHost replicas, ServerIdentity identity, Action<string> refuseToRun, ILogger<PeerAnnouncer> logger)
    : IRouteInfoExtension
{
    private const string NodeKey = "node";
    private const string ClusterKey = "cluster";
    private const string LinkKey = "link";
    private const string FormedKey = "formed";
    private const string StartedKey = "started";

    private readonly long _started = identity.Start.ToUnixTimeMilliseconds();

    public JsonObject Describe() => new()
    {
        [NodeKey] = nodeId,
        [ClusterKey] = clusterId,
        [LinkKey] = links.Endpoint.Port,
        [FormedKey] = replicas.Cluster.ToString("N"),
        [StartedKey] = _started,
    };

    public void OnPeer(RoutePeer peer, JsonElement description)
    {
        if (Announcement.TryRead(description) is not { } announced)
        {
            LogMalformed(peer.ServerName);
        }
        else if (announced.Cluster != clusterId)
        {
            // Another streaming cluster on the same routes, which is nobody's mistake.
        }
        else if (announced.Node == nodeId)
        {
            OnNamesake(peer, announced);
        }
        else if (announced.Formed != Guid.Empty && replicas.Cluster is var formed && formed != Guid.Empty && formed != announced.Formed)
        {
            OnDouble(peer, announced);
        }
        else if (peer.Address is { } address)
        {
            LogPeer(announced.Node, address, announced.Link);
            links.SetAddress(announced.Node, new IPEndPoint(address, announced.Link));
        }
    }

    public void OnPeerLost(RoutePeer peer)
    {
        // The links notice by themselves; the address stays good.
    }

    /// <summary>Of two servers with one node id the one that came later leaves: the other may be at work.</summary>
    private void OnNamesake(RoutePeer peer, Announcement announced)
    {
        if (IsLater(peer, announced))
        {
            refuseToRun($"another server of cluster {clusterId} has the node id {nodeId}: {peer.ServerName} at {peer.Address}");
        }
        else
        {
            LogNamesake(nodeId, peer.ServerName);
        }
    }

    /// <summary>Two clusters were formed under one streaming id. Clients must not meet both: the server that came later leaves.</summary>
    private void OnDouble(RoutePeer peer, Announcement announced)
    {
        if (IsLater(peer, announced))
        {
            refuseToRun(
                $"node {announced.Node} at {peer.Address} belongs to another cluster of id {clusterId}, formed apart from the one in this data directory: "
                + "bootstrap one server only, and have the others join it with data directories that are new");
        }
        else
        {
            LogDouble(peer.ServerName, announced.Node, clusterId);
        }
    }

    private bool IsLater(RoutePeer peer, Announcement announced) =>
        _started > announced.Started || (_started == announced.Started && string.CompareOrdinal(identity.Id, peer.ServerId) > 0);

    [LoggerMessage(5101, LogLevel.Debug, "Peer {Node} is at {Address}:{Port}")]
    private partial void LogPeer(string node, IPAddress address, int port);

    [LoggerMessage(5102, LogLevel.Warning, "Server {Server} says about itself what a Bayou server does not")]
    private partial void LogMalformed(string server);

    [LoggerMessage(5103, LogLevel.Error, "Server {Server} started with the node id of this one, {Node}")]
    private partial void LogNamesake(string node, string server);

    [LoggerMessage(5104, LogLevel.Error, "Server {Server}, node {Node}, started with the data of another cluster of id {ClusterId}")]
    private partial void LogDouble(string server, string node, string clusterId);

    private sealed record Announcement(string Node, string Cluster, int Link, Guid Formed, long Started)
    {
        /// <summary>What a server says about itself, or null if it is not understood. Later versions may say more.</summary>
        public static Announcement? TryRead(JsonElement description) =>
            description.ValueKind == JsonValueKind.Object
            && TextOf(description, NodeKey) is { Length: > 0 } node
            && TextOf(description, ClusterKey) is { } cluster
            && description.TryGetProperty(LinkKey, out var link) && link.TryGetInt32(out var port) && port is > 0 and <= 65535
                ? new Announcement(node, cluster, port, FormedOf(description), StartedOf(description))
                : null;

        private static string? TextOf(JsonElement description, string key) =>
            description.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        private static Guid FormedOf(JsonElement description) => Guid.TryParse(TextOf(description, FormedKey), out var formed) ? formed : Guid.Empty;

        private static long StartedOf(JsonElement description) =>
            description.TryGetProperty(StartedKey, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var started) ? started : 0;
    }
}
