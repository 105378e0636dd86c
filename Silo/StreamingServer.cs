using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Bayou.Grains.Subscriptions;
using Bayou.Silo.Clustering;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>
/// Brings up the streaming side once the silo is active, and takes it down before the silo stops. Core NATS does not
/// wait for it.
/// </summary>
internal sealed class StreamingServer(
    ReplicaHost replicas,
    StreamingGateway gateway,
    SessionRecovery recovery,
    SessionDirectory sessions,
    Deliveries deliveries,
    StreamingOptions options,
    ILoggerFactory loggers,
    PartitionGuard? partition = null) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Of the streaming server as a whole; its lines begin with <c>STREAM:</c>.</summary>
    public const string LogCategory = "Bayou.Streaming";

    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private readonly ILogger _logger = loggers.CreateLogger(LogCategory);

    public void Participate(ISiloLifecycle lifecycle)
    {
        gateway.Accept();
        lifecycle.Subscribe(nameof(StreamingServer), ServiceLifecycleStage.Active, StartAsync, StopAsync);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        ServerLog.StoreOpened(
            _logger,
            options.Store == StoreKind.Memory ? "MEMORY" : "FILE",
            options.Store == StoreKind.Memory ? "memory" : Path.GetFullPath(options.Directory),
            options.ClusterId);
        if (partition is not null)
        {
            await partition.RequireUniqueAsync(cancellationToken);
        }

        await replicas.ReadyAsync(cancellationToken);
        await InsistAsync(
            async () =>
            {
                await gateway.RegisterAsync();
                return true;
            },
            cancellationToken);
        gateway.Adopt(await InsistAsync(sessions.ListAdoptedInboxesAsync, cancellationToken));
        var (clients, subscriptions) = await InsistAsync(recovery.ResumeAsync, cancellationToken);
        ServerLog.Recovered(_logger, clients, subscriptions, replicas.Channels.Count);
        deliveries.Start();
        _watching = recovery.WatchAsync(_stopping.Token);
        gateway.Serve();
        partition?.Watch();
        replicas.AcceptLeaders();
    }

    /// <summary>What it asks for is on some silo, which may be busy, or be lost at this moment, or not have heard yet of this one, which has just joined.</summary>
    private static async Task<T> InsistAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException or LeaderMovedException)
            {
                await Task.Delay(AskPause, cancellationToken);
            }
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watching;
        await gateway.StopAsync();
    }

    public void Dispose() => _stopping.Dispose();
}
