using Bayou.Gateway.Authorization;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

/// <summary>What every connection shares.</summary>
internal sealed record ConnectionServices(
    CurrentSettings Settings,
    SubjectRouter Router,
    ConnectionRegistry Registry,
    PasswordChecks PasswordChecks,
    ServerDescription Description,
    TimeProvider Time,
    ILogger<ClientConnection> Logger)
{
    /// <summary>The options as they are now.</summary>
    public GatewayOptions Options => Settings.Options;

    /// <summary>Who may be a client now.</summary>
    public Authenticator Authenticator => Settings.Now.Authenticator;

    /// <summary>A queue of one connection, which <paramref name="owner"/> names once it is there: it is closed when a write takes too long.</summary>
    public OutboundQueue CreateOutbound(IConnectionTransport transport, Func<Connection?> owner)
    {
        var deadline = new WriteDeadline(Time, Options.WriteDeadline, () => owner()?.Close(ClosedReason.SlowConsumerWriteDeadline));
        return new OutboundQueue(transport, deadline, Options.MaxPendingBytes);
    }

    /// <summary>A trace of one connection; null where the log does not want it.</summary>
    public ProtocolTrace? CreateTrace(Connection connection) =>
        Options.Trace && Logger.IsEnabled(LogLevel.Trace) ? new ProtocolTrace(Logger, connection, Options.MaxTracedMessageBytes) : null;
}
