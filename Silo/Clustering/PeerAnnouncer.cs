using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.Grains.Replication.Links;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Tells the other Bayou servers, over the routes between them, where the replicas of this one are to be reached, and learns the
/// same of them. So a cluster needs no addresses but those of its routes.
/// </summary>
internal sealed partial class PeerAnnouncer(string nodeId, string clusterId, PeerLinks links, ServerIdentity identity, Action<string> refuseToRun, ILogger<PeerAnnouncer> logger)
    : IRouteInfoExtension
{
    private const string NodeKey = "node";
    private const string ClusterKey = "cluster";
    private const string LinkKey = "link";
    private const string StartedKey = "started";

    private readonly long _started = identity.Start.ToUnixTimeMilliseconds();

    public JsonObject Describe() => new()
    {
        [NodeKey] = nodeId,
        [ClusterKey] = clusterId,
        [LinkKey] = links.Endpoint.Port,
        [StartedKey] = _started,
    };

    public void OnPeer(RoutePeer peer, JsonElement description)
    {
        if (!TryRead(description, out var node, out var cluster, out var port, out var started))
        {
            LogMalformed(peer.ServerName);
        }
        else if (cluster == clusterId && node == nodeId)
        {
            OnNamesake(peer, started);
        }
        else if (cluster == clusterId && peer.Address is { } address)
        {
            LogPeer(node, address, port);
            links.SetAddress(node, new IPEndPoint(address, port));
        }
    }

    public void OnPeerLost(RoutePeer peer)
    {
        // The links notice by themselves; the address stays good.
    }

    private static bool TryRead(JsonElement description, out string node, out string cluster, out int port, out long started)
    {
        (node, cluster, port, started) = (string.Empty, string.Empty, 0, 0);
        if (description.ValueKind != JsonValueKind.Object
            || !description.TryGetProperty(NodeKey, out var nodeValue) || nodeValue.GetString() is not { Length: > 0 } nodeText
            || !description.TryGetProperty(ClusterKey, out var clusterValue) || clusterValue.GetString() is not { } clusterText
            || !description.TryGetProperty(LinkKey, out var portValue) || !portValue.TryGetInt32(out port) || port is <= 0 or > 65535)
        {
            return false;
        }

        (node, cluster) = (nodeText, clusterText);
        return !description.TryGetProperty(StartedKey, out var startedValue) || startedValue.TryGetInt64(out started);
    }

    /// <summary>Of two servers with one node id the one that came later leaves: the other may be at work.</summary>
    private void OnNamesake(RoutePeer peer, long started)
    {
        if (_started > started || (_started == started && string.CompareOrdinal(identity.Id, peer.ServerId) > 0))
        {
            refuseToRun($"another server of cluster {clusterId} has the node id {nodeId}: {peer.ServerName} at {peer.Address}");
        }
        else
        {
            LogNamesake(nodeId, peer.ServerName);
        }
    }

    [LoggerMessage(5101, LogLevel.Debug, "Peer {Node} is at {Address}:{Port}")]
    private partial void LogPeer(string node, IPAddress address, int port);

    [LoggerMessage(5102, LogLevel.Warning, "Server {Server} says about itself what a Bayou server does not")]
    private partial void LogMalformed(string server);

    [LoggerMessage(5103, LogLevel.Error, "Server {Server} started with the node id of this one, {Node}")]
    private partial void LogNamesake(string node, string server);
}
