using Bayou.Gateway.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Bayou.Gateway.Connections;

/// <summary>Where Kestrel hands over an accepted client, behind the handshake where there is one.</summary>
internal sealed class ClientConnectionHandler(ConnectionServices services) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var transport = new KestrelTransport(connection);
        var greeted = connection.Features.Get<GreetedClient>();
        greeted?.IsSecured = true;
        Greeting greeting = greeted?.Greeting ?? services.Description.Greet(transport.RemoteEndPoint);
        ClientConnection? client = null;
        using OutboundQueue outbound = services.CreateOutbound(transport, () => client);
        client = new ClientConnection(greeting.Id, transport, outbound, services.Router, new ConnectionStatistics(services.Time.GetUtcNow()))
        {
            InfoVersion = greeting.Version,
            Nonce = greeting.Nonce,
            Encryption = EncryptionOf(connection),
        };
        client.Trace = services.CreateTrace(client);
        using CancellationTokenRegistration shutdown = RegisterShutdown(connection, client);
        using var session = new ClientSession(client, transport, services);
        await session.RunAsync(greeted is null ? greeting.Line : []);
    }

    private static ConnectionEncryption? EncryptionOf(ConnectionContext connection) => connection.Features.Get<ITlsHandshakeFeature>() is { } handshake
        ? new ConnectionEncryption(handshake.Protocol, handshake.NegotiatedCipherSuite)
        : null;

    private static CancellationTokenRegistration RegisterShutdown(ConnectionContext connection, ClientConnection client)
    {
        CancellationToken requested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        return requested.Register(static state => ((ClientConnection)state!).CloseAfterFlush(ClosedReason.ServerShutdown), client);
    }
}
