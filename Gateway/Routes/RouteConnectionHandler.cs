using Bayou.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Bayou.Gateway.Routes;

/// <summary>Where Kestrel hands over an accepted server.</summary>
internal sealed class RouteConnectionHandler(RouteConnectionFactory factory) : ConnectionHandler
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        return factory.RunAsync(new KestrelTransport(connection), dialedUrl: null, isConfigured: false, stopping);
    }
}
