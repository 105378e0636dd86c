using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

/// <summary>Takes part in the cluster from the moment when the server listens until it stops.</summary>
internal sealed partial class RouteServer(
    RouteMesh mesh, RouteDialer dialer, ClusterOptions options, GatewayListeners listeners, ILogger<RouteMesh> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await ListenAsync(stoppingToken) is not { } listening) return;
        LogClusterName(logger, mesh.ClusterName);
        if (mesh.IsClusterNameDynamic) LogNameIsDynamic(logger);
        LogListening(logger, listening);

        mesh.ServerHeardOf += url => dialer.DialHeardOf(url, stoppingToken);
        foreach (RouteUrl url in options.Routes) dialer.DialConfigured(url, stoppingToken);
    }

    /// <summary>Where other servers are listened for; null if the port is taken, which those say who start the server.</summary>
    private async Task<IPEndPoint?> ListenAsync(CancellationToken stoppingToken)
    {
        try
        {
            return (IPEndPoint)(await listeners.Cluster.WaitAsync(stoppingToken)).EndPoint;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await dialer.WhenDoneAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(1231, LogLevel.Information, "Cluster name is {Name}")]
    private static partial void LogClusterName(ILogger logger, string name);

    [LoggerMessage(1232, LogLevel.Warning, "Cluster name was dynamically generated, consider setting one")]
    private static partial void LogNameIsDynamic(ILogger logger);

    [LoggerMessage(1233, LogLevel.Information, "Listening for route connections on {Address}")]
    private static partial void LogListening(ILogger logger, IPEndPoint address);
}
