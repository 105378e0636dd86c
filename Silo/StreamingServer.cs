using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>
/// Brings up the streaming side once the silo is active, and takes it down before the silo stops. Core NATS does not wait for it.
/// </summary>
internal sealed class StreamingServer(
    ReplicaHost replicas,
    StreamingGateway gateway,
    SessionRecovery recovery,
    StreamingOptions options,
    ILoggerFactory loggers) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Of the streaming server as a whole; its lines begin with <c>STREAM:</c>.</summary>
    public const string LogCategory = "Bayou.Streaming";

    private readonly ILogger _logger = loggers.CreateLogger(LogCategory);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(StreamingServer), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        ServerLog.StoreOpened(
            _logger,
            options.Store == StoreKind.Memory ? "MEMORY" : "FILE",
            options.Store == StoreKind.Memory ? "memory" : Path.GetFullPath(options.Directory),
            options.ClusterId);
        replicas.Start();
        await replicas.ReadyAsync(cancellationToken);
        await gateway.RegisterAsync();
        var (sessions, subscriptions) = await recovery.ResumeAsync();
        ServerLog.Recovered(_logger, sessions, subscriptions, replicas.Channels.Count);
        gateway.Listen();
    }

    private Task StopAsync(CancellationToken cancellationToken) => gateway.StopAsync();
}
