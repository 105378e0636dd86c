using System.Globalization;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.Silo.Configuration;
using Bayou.Silo.Dashboard;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>
/// Says when the server can be used: by NATS clients as soon as it listens, by streaming clients once the channels are there, for
/// which a cluster waits until most of it is up.
/// </summary>
internal sealed class ReadinessAnnouncer(
    ServerOptions options,
    ServerIdentity identity,
    GatewayEndpoints endpoints,
    IHostApplicationLifetime application,
    ILoggerFactory loggers,
    RouteMesh? mesh = null) : IHostedLifecycleService
{
    private readonly ILogger _server = loggers.CreateLogger(ServerHost.LogCategory);
    private readonly ILogger _streaming = loggers.CreateLogger(StreamingServer.LogCategory);
    private Task _listening = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        application.ApplicationStopping.Register(() => ServerLog.ShuttingDown(_server));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = ListenAsync(application.ApplicationStopping);
        return Task.CompletedTask;
    }

    /// <summary>Scripts wait for this line and then connect: it comes when both the port and the channels are there.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await _listening;
        ServerLog.StreamingReady(_streaming);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Without its ports the server is of no use, and must not wait for its cluster.</summary>
    private async Task ListenAsync(CancellationToken stopping)
    {
        try
        {
            await AnnounceListenersAsync(stopping);
        }
        catch (IOException)
        {
            application.StopApplication();
            throw;
        }
    }

    private async Task AnnounceListenersAsync(CancellationToken stopping)
    {
        ServerLog.Starting(_server, ServerConfiguration.Version);
        if (mesh is not null)
        {
            ServerLog.ClusterName(_server, mesh.ClusterName);
        }

        ServerLog.ServerName(_server, identity.Name);
        ServerLog.ServerId(_server, identity.Id);
        await endpoints.ListeningAsync().WaitAsync(stopping);
        ServerLog.ListeningForClients(_server, endpoints.Client);
        if (endpoints.Monitoring is { } monitoring)
        {
            ServerLog.ListeningForMonitoring(_server, monitoring);
        }

        if (endpoints.Dashboard is { } dashboard)
        {
            ServerLog.ListeningForDashboard(_server, dashboard, DashboardPages.Path);
        }

        if (options.PidFile is { } pidFile)
        {
            await File.WriteAllTextAsync(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), stopping);
        }

        ServerLog.ServerReady(_server);
    }
}
