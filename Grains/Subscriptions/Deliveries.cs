using System.Collections.Concurrent;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Replication;
using Bayou.Records;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// What this silo delivers: the subscriptions of the channels that it leads. They begin when it begins to lead, since their clients
/// may have noticed nothing of a change, and end with its reign. Neither waits for Orleans to find out who is alive.
/// </summary>
public sealed class Deliveries(ReplicaHost host, IDeliveryPort port, TimeProvider time, ILogger<Deliveries> logger) : IDisposable
{
    private readonly ConcurrentDictionary<GroupId, ChannelDeliveries> _channels = new();

    /// <summary>Begins with the channels that are led already.</summary>
    public void Start()
    {
        host.ChannelLed += Begin;
        foreach (var channel in host.Channels)
        {
            // On its worker, where reigns begin and end: one that ended and one that began meanwhile must not be taken for each other.
            channel.Replica.Post(new WorkerAction(_ => BeginIfLed(channel)));
        }
    }

    public void Dispose() => host.ChannelLed -= Begin;

    /// <summary>The delivery of a subscription; null if there is no such subscription.</summary>
    /// <exception cref="ReplicaUnavailableException">Another silo leads the channel, or none.</exception>
    internal async Task<SubscriptionDelivery?> FindAsync(SubscriptionId id) => Led(id.Group) is { } led ? await led.FindAsync(id.Number) : null;

    /// <summary>Takes over the members of a subscription as the log has them now; members that are new do not receive yet.</summary>
    internal async Task RefreshAsync(SubscriptionId id)
    {
        if (Led(id.Group) is { } led)
        {
            await led.RefreshAsync(id.Number);
        }
    }

    /// <summary>Completed when everything acknowledged so far is in the log.</summary>
    internal async Task FlushAsync(SubscriptionId id)
    {
        if (await FindAsync(id) is { } delivery)
        {
            await delivery.FlushAsync();
        }
    }

    /// <summary>The deliveries of a channel that is led here; null if there is no such channel.</summary>
    private ChannelDeliveries? Led(GroupId group)
    {
        var channel = host.FindChannel(group);
        if (channel is null && host.Registry.PlacementOf(group) is null)
        {
            return null;
        }

        return channel is { IsLeading: true } && _channels.TryGetValue(group, out var led)
            ? led
            : throw new ReplicaUnavailableException("Another silo leads the channel.")
            {
                Reason = ReplicaUnavailability.NotLeader,
                Leader = host.Registry.LeaderCandidates(host.Registry.PlacementOf(group)).FirstOrDefault(),
            };
    }

    private void BeginIfLed(ChannelReplica channel)
    {
        if (channel.IsLeading)
        {
            Begin(channel);
        }
    }

    /// <summary>On the channel's worker.</summary>
    private void Begin(ChannelReplica channel)
    {
        var begun = new ChannelDeliveries(channel, port, host.Scheduler, time, logger);
        if (_channels.TryAdd(channel.Group, begun))
        {
            begun.Begin(() => _channels.TryRemove(new(channel.Group, begun)));
        }
    }
}
