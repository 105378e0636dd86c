using System.Net;
using Bayou.Gateway.Protocol;
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
        var deadline = new WriteDeadline(
            services.Time, services.Options.WriteDeadline, () => client?.Close(ClosedReason.SlowConsumerWriteDeadline));
        using var outbound = new OutboundQueue(transport, deadline, services.Options.MaxPendingBytes);
        client = new ClientConnection(
            services.Registry.NextId(), transport, outbound, services.Router, new ConnectionStatistics(services.Time.GetUtcNow()));
        client.Trace = services.CreateTrace(client);
        using CancellationTokenRegistration shutdown = RegisterShutdown(connection, client);
        using var session = new ClientSession(client, transport, services);
        await session.RunAsync(DescribeServer(connection, client).ToLine());
    }

    private static CancellationTokenRegistration RegisterShutdown(ConnectionContext connection, ClientConnection client)
    {
        CancellationToken requested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        return requested.Register(static state => ((ClientConnection)state!).CloseAfterFlush(ClosedReason.ServerShutdown), client);
    }

    private ServerInfo DescribeServer(ConnectionContext connection, ClientConnection client) => new()
    {
        ServerId = services.Identity.Id,
        ServerName = services.Identity.Name,
        Version = ServerIdentity.NatsVersion,
        BayouVersion = ServerIdentity.BayouVersion,
        Runtime = ServerIdentity.Runtime,
        Host = services.Options.Host.ToString(),
        Port = (connection.LocalEndPoint as IPEndPoint)?.Port ?? services.Options.Port,
        AuthRequired = services.Authenticator.IsRequired,
        MaxPayloadBytes = services.Options.MaxPayloadBytes,
        ClientId = client.Id.Value,
        ClientIp = client.RemoteEndPoint?.Address.ToString(),
    };
}
