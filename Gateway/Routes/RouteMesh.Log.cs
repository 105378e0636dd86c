using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

public sealed partial class RouteMesh
{
    [LoggerMessage(1201, LogLevel.Debug, "{Route} - Registering remote route \"{ServerId}\"")]
    private static partial void LogRegistered(ILogger logger, RouteConnection route, string serverId);

    [LoggerMessage(1208, LogLevel.Debug, "{Route} - Sent local subscriptions to route")]
    private static partial void LogInterestSent(ILogger logger, RouteConnection route);

    [LoggerMessage(1202, LogLevel.Debug, "{Route} - Detected duplicate remote route \"{ServerId}\"")]
    private static partial void LogDuplicate(ILogger logger, RouteConnection route, string serverId);

    [LoggerMessage(1203, LogLevel.Debug, "{Route} - Detected route to self")]
    private static partial void LogSelf(ILogger logger, RouteConnection route);

    [LoggerMessage(1204, LogLevel.Error, "{Route} - Remote server has a duplicate name: \"{ServerName}\"")]
    private static partial void LogDuplicateName(ILogger logger, RouteConnection route, string serverName);

    [LoggerMessage(1205, LogLevel.Error, "{Route} - Rejecting connection, cluster name \"{Theirs}\" does not match \"{Ours}\"")]
    private static partial void LogOtherCluster(ILogger logger, RouteConnection route, string theirs, string ours);

    [LoggerMessage(1206, LogLevel.Information, "Cluster name is {Name}, taken over from another server; it was {Before}")]
    private static partial void LogAdopted(ILogger logger, string name, string before);

    [LoggerMessage(1207, LogLevel.Error, "Server \"{ServerId}\" cannot be dialed at \"{Url}\"")]
    private static partial void LogBadUrl(ILogger logger, string serverId, string? url);
}
