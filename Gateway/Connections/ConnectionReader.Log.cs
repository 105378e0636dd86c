using Bayou.Gateway.Protocol;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

internal sealed partial class ConnectionReader
{
    [LoggerMessage(1003, LogLevel.Information, "{Connection} - The peer broke the protocol: {Error}")]
    private static partial void LogProtocolError(ILogger logger, Connection connection, ProtocolError error);

    [LoggerMessage(1005, LogLevel.Error, "{Connection} - Reading failed; the connection is closed")]
    private static partial void LogReadFailed(ILogger logger, Connection connection, Exception exception);
}
