using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
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
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly int _maxMisses;
    private readonly Func<bool> _reachesMajority;
    private readonly Action _onLost;
    private readonly Action _onFound;
    private readonly TimeProvider _time;

    public MajorityWatch(ReplicaHost replicas, StreamingGateway gateway, StreamingOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _maxMisses = MissesIn(options.MajorityTimeout);
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
    internal MajorityWatch(TimeSpan timeout, Func<bool> reachesMajority, Action onLost, Action onFound, TimeProvider time) =>
        (_maxMisses, _reachesMajority, _onLost, _onFound, _time) = (MissesIn(timeout), reachesMajority, onLost, onFound, time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WatchAsync(stoppingToken);

    /// <summary>
    /// Looks in a row that find no majority. They are counted, since to a process that stood still everybody else seems to have been silent.
    /// </summary>
    private static int MissesIn(TimeSpan timeout) => Math.Max(1, (int)(timeout / Interval));

    internal async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        for (var misses = 0; await timer.WaitForNextTickAsync(stopping);)
        {
            if (!_reachesMajority())
            {
                misses++;
                if (misses == _maxMisses)
                {
                    _onLost();
                }

                continue;
            }

            if (misses >= _maxMisses)
            {
                _onFound();
            }

            misses = 0;
        }
    }
}
