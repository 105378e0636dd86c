using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routes;

/// <summary>Serves connections to other servers, accepted or dialed.</summary>
internal sealed class RouteConnectionFactory(RouteMesh mesh, RouteAuthenticator authenticator, ConnectionServices services)
{
    /// <summary>Serves one connection until it ends.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="dialedUrl">Where this server dialed; null where the other one did.</param>
    /// <param name="isConfigured">Whether the configuration names the other server.</param>
    /// <param name="stopping">Says goodbye to the other server.</param>
    public async Task<RouteConnection> RunAsync(IConnectionTransport transport, RouteUrl? dialedUrl, bool isConfigured, CancellationToken stopping)
    {
        RouteConnection? route = null;
        using OutboundQueue outbound = services.CreateOutbound(transport, () => route);
        route = new RouteConnection(services.Registry.NextId(), transport, outbound, services.Router, new ConnectionStatistics(services.Time.GetUtcNow()))
        {
            DialedUrl = dialedUrl,
            IsConfigured = isConfigured,
        };
        route.Trace = services.CreateTrace(route);
        using CancellationTokenRegistration shutdown = stopping.Register(
            static state => ((RouteConnection)state!).CloseAfterFlush(ClosedReason.ServerShutdown), route);
        using var session = new RouteSession(route, transport, mesh, authenticator, services);
        await session.RunAsync();
        return route;
    }
}
