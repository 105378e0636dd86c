using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Bayou.Gateway.Connections;

/// <summary>Where Kestrel hands over an accepted client.</summary>
internal sealed class ClientConnectionHandler(ConnectionServices services) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var transport = new KestrelTransport(connection);
        ClientConnection? client = null;
        using OutboundQueue outbound = services.CreateOutbound(transport, () => client);
        client = new ClientConnection(
            services.Registry.NextId(), transport, outbound, services.Router, new ConnectionStatistics(services.Time.GetUtcNow()))
        {
            InfoVersion = services.Description.Version,
        };
        client.Trace = services.CreateTrace(client);
        using CancellationTokenRegistration shutdown = RegisterShutdown(connection, client);
        using var session = new ClientSession(client, transport, services);
        await session.RunAsync(services.Description.LineFor(client));
    }

    private static CancellationTokenRegistration RegisterShutdown(ConnectionContext connection, ClientConnection client)
    {
        CancellationToken requested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        return requested.Register(static state => ((ClientConnection)state!).CloseAfterFlush(ClosedReason.ServerShutdown), client);
    }
}
