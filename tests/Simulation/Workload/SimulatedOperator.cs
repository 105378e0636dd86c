using Bayou.Checker;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Has messages of some channel removed now and then.</summary>
internal sealed class SimulatedOperator(RunServices services, Random random)
{
    private readonly ServiceCalls _calls = new("operator", services, new Random(random.Next()));
    private bool _isStopped;

    private TimeSpan Interval => services.Plan.Workload.PurgeInterval;

    public void Start()
    {
        if (Interval > TimeSpan.Zero)
        {
            services.Loop.Schedule(random.Exponential(Interval), Purge);
        }
    }

    public void Stop() => _isStopped = true;

    private void Purge()
    {
        if (_isStopped)
        {
            return;
        }

        var channel = random.Next(services.Plan.Channels.Count);
        var name = services.Plan.Channels[channel];
        var before = (ulong)random.NextInt64((long)services.Cluster.LastAcknowledgedOf(name) + 1);
        if (before > 1)
        {
            services.History.Add(new HistoryEvent { Kind = EventKind.Trimmed, Time = services.Loop.Now, Channel = channel, Sequence = before });
            _calls.Ask($"purge {name} below {before}", silo => silo.PurgeAsync(name, before), _ => services.Statistics.Count(Happening.ChannelPurged), tries: 3);
        }

        Start();
    }
}
