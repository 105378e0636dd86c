using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

/// <summary>What every connection shares.</summary>
internal sealed record ConnectionServices(
    GatewayOptions Options,
    ServerIdentity Identity,
    SubjectRouter Router,
    ConnectionRegistry Registry,
    Authenticator Authenticator,
    TimeProvider Time,
    ILogger<ClientConnection> Logger)
{
    /// <summary>A trace of one connection; null where the log does not want it.</summary>
    public ProtocolTrace? CreateTrace(Connection connection) =>
        Options.Trace && Logger.IsEnabled(LogLevel.Trace) ? new ProtocolTrace(Logger, connection, Options.MaxTracedMessageBytes) : null;
}
