using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

internal sealed partial class ClientSession
{
    [LoggerMessage(1001, LogLevel.Debug, "{Connection} - Client connection created")]
    private static partial void LogConnected(ILogger logger, ClientConnection connection);

    [LoggerMessage(1002, LogLevel.Debug, "{Connection} - Client connection closed: {Reason}")]
    private static partial void LogClosed(ILogger logger, ClientConnection connection, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "{Connection} - Slow Consumer Detected: {Reason}")]
    private static partial void LogSlowConsumer(ILogger logger, ClientConnection connection, string reason);

    [LoggerMessage(1006, LogLevel.Error, "{Connection} - Publish Violation - User \"{User}\", {What} {Subject}")]
    private static partial void LogPublishViolation(ILogger logger, ClientConnection connection, string user, string what, string subject);

    [LoggerMessage(1007, LogLevel.Error, "{Connection} - Subscription Violation - User \"{User}\", Subject {Subject}{Queue}, SID {Sid}")]
    private static partial void LogSubscriptionViolation(ILogger logger, ClientConnection connection, string user, string subject, string queue, string sid);
}
