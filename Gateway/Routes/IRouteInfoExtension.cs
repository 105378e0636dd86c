using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bayou.Gateway.Routes;

/// <summary>
/// Lets another part of the server exchange what it likes with its likes on the servers of the cluster, over their routes: a JSON
/// object in INFO that NATS servers ignore. Register one as a service.
/// </summary>
/// <remarks>Calls come one at a time and in order. They must neither block nor throw.</remarks>
public interface IRouteInfoExtension
{
    /// <summary>What to tell the others; call <see cref="RouteMesh.Announce"/> when it has changed. Null for nothing.</summary>
    JsonObject? Describe();

    /// <summary>Another Bayou server has a route to this one, or tells something else than before.</summary>
    void OnPeer(RoutePeer peer, JsonElement description);

    /// <summary>The route to it is gone. It may come back.</summary>
    void OnPeerLost(RoutePeer peer);
}
