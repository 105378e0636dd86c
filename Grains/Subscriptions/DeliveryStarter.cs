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
public sealed partial class DeliveryStarter(ReplicaHost host, IGrainFactory grains, ILogger<DeliveryStarter> logger) : IDisposable
{
    /// <summary>Grain calls under way at a time, for one channel.</summary>
    private const int Parallelism = 16;

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

    private async Task ResumeAsync(ChannelReplica channel)
    {
        try
        {
            var subscriptions = await channel.QueryAsync(WithMembers);
            await Parallel.ForEachAsync(
                subscriptions,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
                async (number, _) => await grains.GetGrain<ISubscriptionGrain>(new SubscriptionId(channel.Group, number).ToGrainKey()).ResumeAsync());
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or LeaderMovedException)
        {
            // Leadership has moved on, or a silo was lost on the way: the next leader starts them. If it is still this one, say so.
            LogNotResumed(exception, channel.Name.Value);
        }
    }

    private static List<ulong> WithMembers(ChannelStateMachine machine) =>
        [.. machine.Subscriptions.Where(subscription => subscription.Members.Count > 0).Select(subscription => subscription.Number)];

    [LoggerMessage(2003, LogLevel.Warning, "Subscriptions of channel {Channel} were not resumed")]
    private partial void LogNotResumed(Exception exception, string channel);
}
