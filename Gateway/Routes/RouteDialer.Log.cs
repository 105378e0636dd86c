using System.Net;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

internal sealed partial class RouteDialer
{
    [LoggerMessage(1221, LogLevel.Debug, "Trying to connect to route on {Address} ({IpAddress})")]
    private static partial void LogDialing(ILogger logger, string address, IPAddress ipAddress);

    [LoggerMessage(1222, LogLevel.Error, "Error trying to connect to route {Url} (attempt {Attempt}): {Reason}")]
    private static partial void LogConnectFailed(ILogger logger, RouteUrl url, int attempt, string reason);

    [LoggerMessage(1223, LogLevel.Debug, "Error trying to connect to route {Url} (attempt {Attempt}): {Reason}")]
    private static partial void LogConnectFailedAgain(ILogger logger, RouteUrl url, int attempt, string reason);

    [LoggerMessage(1224, LogLevel.Error, "The route to {Url} is not dialed any more")]
    private static partial void LogDialingFailed(ILogger logger, RouteUrl url, Exception exception);
}
