using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Links;
using Bayou.Silo.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Starts replicas before anything else of the server, since Orleans waits for the metadata, and gives up what they lead before
/// anything else stops, so that nobody notices.
/// </summary>
internal sealed class ReplicaService(ReplicaHost replicas, IServiceProvider services, IHostApplicationLifetime lifetime, ILoggerFactory loggers) : IHostedLifecycleService
{
    private readonly ILogger _logger = loggers.CreateLogger(ServerHost.LogCategory);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        replicas.Outdated += OnOutdated;
        if (services.GetService<PeerLinks>() is { } links)
        {
            replicas.PeerDied += OnPeerDied;
            replicas.Vacated += OnVacated;
            links.Start(replicas);
        }

        replicas.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => replicas.HandOverAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The cluster has done with this server, and takes it out as soon as it has stopped.</summary>
    private void OnVacated()
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            ServerLog.Removed(_logger);
            lifetime.StopApplication();
        }
    }

    /// <summary>
    /// The cluster knows better than this server's data. An orderly stop would have to take leave of those who do not listen; and whoever
    /// found out must not wait for it.
    /// </summary>
    private void OnOutdated(OutdatedDataException reason) => _ = Task.Run(() =>
    {
        ServerLog.CannotRun(_logger, reason.Message);
        services.FlushLogs();
        Environment.Exit(1);
    });

    /// <summary>A link says at once what Orleans' probes would find out later.</summary>
    private void OnPeerDied(string name) => _ = Task.Run(() => ReportDeadAsync(name));

    private async Task ReportDeadAsync(string name)
    {
        try
        {
            // It may be back by now, and must not be taken for its predecessor.
            if (replicas.IsDead(name))
            {
                await services.GetRequiredService<SiloDirectory>().ReportDeadAsync(name);
            }
        }
        catch (Exception exception)
        {
            // The probes will find it out.
            ServerLog.NotReported(_logger, exception, name);
        }
    }
}
