using Bayou.Gateway.Streaming;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Clustering;

/// <summary>
/// Has the streaming side withdraw while this silo reaches no majority of its cluster, and come back when it does. Nothing of a failover shows: the
/// silo that is lost leaves a majority, and where several fall silent for a moment, clients wait.
/// </summary>
internal sealed class MajorityWatch : BackgroundService
{
    /// <summary>
    /// Looks in a row that find no majority: two seconds, as long as a publish waits for one. They are counted, since to a process that stood
    /// still everybody else seems to have been silent.
    /// </summary>
    internal const int MaxMisses = 20;

    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Func<bool> _reachesMajority;
    private readonly Action _onLost;
    private readonly Action _onFound;
    private readonly TimeProvider _time;

    public MajorityWatch(ReplicaHost replicas, StreamingGateway gateway, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger(StreamingServer.LogCategory);
        _reachesMajority = () => replicas.ReachesMajority;
        _onLost = () =>
        {
            ServerLog.MajorityLost(logger);
            gateway.Withdraw();
        };
        _onFound = () =>
        {
            ServerLog.MajorityFound(logger);
            gateway.Restore();
        };
        _time = time;
    }

    /// <summary>Asks and calls others than a server's parts.</summary>
    internal MajorityWatch(Func<bool> reachesMajority, Action onLost, Action onFound, TimeProvider time) =>
        (_reachesMajority, _onLost, _onFound, _time) = (reachesMajority, onLost, onFound, time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WatchAsync(stoppingToken);

    internal async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        for (var misses = 0; await timer.WaitForNextTickAsync(stopping);)
        {
            if (!_reachesMajority())
            {
                misses++;
                if (misses == MaxMisses)
                {
                    _onLost();
                }

                continue;
            }

            if (misses >= MaxMisses)
            {
                _onFound();
            }

            misses = 0;
        }
    }
}
