namespace Bayou.Gateway.Routing;

/// <summary>Whose messages a subscription of the server itself takes.</summary>
public enum InterestScope
{
    /// <summary>
    /// Those of this server's own clients. Other Bayou servers have the same subscription for theirs, so they are never told of it, and
    /// what they pass on for other reasons is not taken. NATS servers, which have not, are told where this server is the one to
    /// answer for their clients (<see cref="Routes.RouteMesh.ServesForeignServers"/>).
    /// </summary>
    ThisServer,

    /// <summary>Those of every client of the cluster, as with the subscription of a client.</summary>
    Cluster,
}
