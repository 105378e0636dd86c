using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Links;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Starts replicas before anything else of the server, since Orleans waits for the metadata, and gives up what they lead before
/// anything else stops, so that nobody notices.
/// </summary>
internal sealed class ReplicaService(ReplicaHost replicas, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<PeerLinks>() is { } links)
        {
            replicas.PeerDied += OnPeerDied;
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

    /// <summary>A link says at once what Orleans' probes would find out later.</summary>
    private void OnPeerDied(string name) => _ = Task.Run(() => services.GetRequiredService<SiloDirectory>().ReportDeadAsync(name));
}
