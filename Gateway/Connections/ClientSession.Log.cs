using Bayou.Gateway.Protocol;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

internal sealed partial class ClientSession
{
    [LoggerMessage(1001, LogLevel.Debug, "{Connection} - Client connection created")]
    private static partial void LogConnected(ILogger logger, ClientConnection connection);

    [LoggerMessage(1002, LogLevel.Debug, "{Connection} - Client connection closed: {Reason}")]
    private static partial void LogClosed(ILogger logger, ClientConnection connection, string reason);

    [LoggerMessage(1003, LogLevel.Information, "{Connection} - The client broke the protocol: {Error}")]
    private static partial void LogProtocolError(ILogger logger, ClientConnection connection, ProtocolError error);

    [LoggerMessage(1004, LogLevel.Warning, "{Connection} - Slow Consumer Detected: {Reason}")]
    private static partial void LogSlowConsumer(ILogger logger, ClientConnection connection, string reason);

    [LoggerMessage(1005, LogLevel.Error, "{Connection} - Reading failed; the connection is closed")]
    private static partial void LogReadFailed(ILogger logger, ClientConnection connection, Exception exception);
}
