using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>What the server as a whole logs. Scripts look for some of these texts.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(5001, LogLevel.Information, "Streaming Server is ready")]
    public static partial void StreamingReady(ILogger logger);

    [LoggerMessage(5002, LogLevel.Information, "Recovered {Sessions} clients and {Subscriptions} subscriptions on {Channels} channels")]
    public static partial void Recovered(ILogger logger, int sessions, int subscriptions, int channels);

    [LoggerMessage(5003, LogLevel.Information, "Starting bayou version {Version}")]
    public static partial void Starting(ILogger logger, string version);

    [LoggerMessage(5004, LogLevel.Information, "Listening for client connections on {Address}")]
    public static partial void ListeningForClients(ILogger logger, System.Net.IPEndPoint address);

    [LoggerMessage(5005, LogLevel.Information, "Starting http monitor on {Address}")]
    public static partial void ListeningForMonitoring(ILogger logger, System.Net.IPEndPoint address);

    [LoggerMessage(5029, LogLevel.Information, "Orleans' dashboard is on http://{Address}{Path}/")]
    public static partial void ListeningForDashboard(ILogger logger, System.Net.IPEndPoint address, string path);

    [LoggerMessage(5006, LogLevel.Information, "Server is ready")]
    public static partial void ServerReady(ILogger logger);

    [LoggerMessage(5007, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);

    [LoggerMessage(5008, LogLevel.Critical, "{Reason}")]
    public static partial void StartFailed(ILogger logger, string reason);

    [LoggerMessage(5024, LogLevel.Warning, "The cluster got out of reach while this server was starting; it starts anew ({Reason})")]
    public static partial void StartsAnew(ILogger logger, string reason);

    [LoggerMessage(5009, LogLevel.Information, "Store is {Store} in {Directory}, cluster id {ClusterId}")]
    public static partial void StoreOpened(ILogger logger, string store, string directory, string clusterId);

    [LoggerMessage(5013, LogLevel.Information, "  Cluster:  {Name}")]
    public static partial void ClusterName(ILogger logger, string name);

    [LoggerMessage(5014, LogLevel.Information, "  Name:     {Name}")]
    public static partial void ServerName(ILogger logger, string name);

    [LoggerMessage(5015, LogLevel.Information, "  ID:       {Id}")]
    public static partial void ServerId(ILogger logger, string id);

    /// <summary>Found out about this server while it runs; it exits.</summary>
    [LoggerMessage(5016, LogLevel.Critical, "{Reason}")]
    public static partial void CannotRun(ILogger logger, string reason);

    [LoggerMessage(5019, LogLevel.Information, "This server was removed from its cluster: others have what it had. It stops; with an empty data directory it would join anew")]
    public static partial void Removed(ILogger logger);

    [LoggerMessage(5020, LogLevel.Warning, "Peer {Peer} is gone, and that could not be entered into the membership at once")]
    public static partial void NotReported(ILogger logger, Exception exception, string peer);

    [LoggerMessage(5021, LogLevel.Error, "Something that nobody waited for failed")]
    public static partial void Unobserved(ILogger logger, Exception exception);

    [LoggerMessage(5022, LogLevel.Warning, "No majority of the cluster is within reach: streaming clients find no responders until there is one")]
    public static partial void MajorityLost(ILogger logger);

    [LoggerMessage(5023, LogLevel.Information, "A majority of the cluster is within reach: streaming clients are served")]
    public static partial void MajorityFound(ILogger logger);

    /// <summary>One change that came with a reload.</summary>
    [LoggerMessage(5025, LogLevel.Information, "Reloaded: {Change}")]
    public static partial void Reloaded(ILogger logger, string change);

    [LoggerMessage(5026, LogLevel.Information, "Reloaded server configuration")]
    public static partial void ConfigurationReloaded(ILogger logger);

    [LoggerMessage(5027, LogLevel.Error, "Failed to reload server configuration: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, string reason);

    [LoggerMessage(5010, LogLevel.Information, "Shutting down")]
    public static partial void ShuttingDown(ILogger logger);
}
