using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

internal sealed partial class RouteSession
{
    [LoggerMessage(1211, LogLevel.Information, "{Route} - Route connection created")]
    private static partial void LogCreated(ILogger logger, RouteConnection route);

    [LoggerMessage(1212, LogLevel.Information, "{Route} - Router connection closed: {Reason}")]
    private static partial void LogClosed(ILogger logger, RouteConnection route, string reason);

    [LoggerMessage(1213, LogLevel.Error, "{Route} - Route Error {Text}")]
    private static partial void LogRouteError(ILogger logger, RouteConnection route, string text);

    [LoggerMessage(1215, LogLevel.Warning, "{Route} - Slow Consumer Detected: {Reason}")]
    private static partial void LogSlowConsumer(ILogger logger, RouteConnection route, string reason);

    [LoggerMessage(1214, LogLevel.Error, "{Route} - authentication error")]
    private static partial void LogAuthenticationFailed(ILogger logger, RouteConnection route);
}
