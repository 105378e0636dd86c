using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Wakes the subscriptions of every channel that this silo begins to lead: their clients may have noticed nothing, so nobody else
/// will.
/// </summary>
public sealed partial class DeliveryStarter(ReplicaHost host, IGrainFactory grains, TimeProvider time, ILogger<DeliveryStarter> logger) : IDisposable
{
    /// <summary>Grain calls under way at a time, for one channel.</summary>
    private const int Parallelism = 16;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Begins with the channels that are led already.</summary>
    public async Task StartAsync()
    {
        host.ChannelLed += OnLed;
        foreach (var channel in host.Channels.Where(channel => channel.IsLeading))
        {
            await ResumeAsync(channel);
        }
    }

    public void Dispose() => host.ChannelLed -= OnLed;

    private void OnLed(ChannelReplica channel) => _ = Task.Run(() => ResumeAsync(channel));

    /// <summary>Goes on for as long as this silo leads: while Orleans still looks for a lost silo, calls of grains that lived there fail.</summary>
    private async Task ResumeAsync(ChannelReplica channel)
    {
        while (channel.IsLeading && !await TryResumeAsync(channel))
        {
            await Task.Delay(RetryPause, time);
        }
    }

    private async Task<bool> TryResumeAsync(ChannelReplica channel)
    {
        try
        {
            var subscriptions = await channel.QueryAsync(WithMembers);
            await Parallel.ForEachAsync(
                subscriptions,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
                async (number, _) => await grains.GetGrain<ISubscriptionGrain>(new SubscriptionId(channel.Group, number).ToGrainKey()).ResumeAsync());
            LogResumed(subscriptions.Count, channel.Name.Value);
            return true;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or LeaderMovedException)
        {
            LogNotResumed(exception, channel.Name.Value);
            return false;
        }
        catch (ReplicaUnavailableException)
        {
            // Leadership has moved on, or this server stops.
            return true;
        }
    }

    private static List<ulong> WithMembers(ChannelStateMachine machine) =>
        [.. machine.Subscriptions.Where(subscription => subscription.Members.Count > 0).Select(subscription => subscription.Number)];

    [LoggerMessage(2004, LogLevel.Debug, "Resumed {Count} subscriptions of channel {Channel}")]
    private partial void LogResumed(int count, string channel);

    [LoggerMessage(2003, LogLevel.Debug, "Subscriptions of channel {Channel} are not resumed yet")]
    private partial void LogNotResumed(Exception exception, string channel);
}
