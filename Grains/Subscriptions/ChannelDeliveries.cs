using System.Collections.Concurrent;
using Bayou.Grains.Channels;
using Bayou.Grains.Gateways;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>The deliveries of one channel for as long as this silo leads it.</summary>
internal sealed partial class ChannelDeliveries(ChannelReplica channel, GatewayDirectory gateways, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<ulong, Lazy<Task<SubscriptionDelivery?>>> _deliveries = new();
    private IDisposable? _listening;
    private Action _onEnded = static () => { };
    private volatile bool _isOver;

    /// <summary>Resumes every subscription that has members; <paramref name="onEnded"/> is called when the reign is over.</summary>
    public void Begin(Action onEnded)
    {
        _onEnded = onEnded;
        _listening = channel.ListenForEnd(End);
        if (channel.IsLeading)
        {
            _ = ResumeAsync();
        }
        else
        {
            End();
        }
    }

    /// <summary>The delivery of a subscription; null if there is none. It begins if it had not.</summary>
    public async Task<SubscriptionDelivery?> FindAsync(ulong number)
    {
        var lazy = _deliveries.GetOrAdd(number, static (added, self) => new(() => self.OpenAsync(added)), this);
        SubscriptionDelivery? delivery = null;
        try
        {
            return delivery = await lazy.Value;
        }
        finally
        {
            if (delivery is null)
            {
                // There may be one when somebody asks again.
                _deliveries.TryRemove(new(number, lazy));
            }
        }
    }

    public async Task RefreshAsync(ulong number)
    {
        if (await FindAsync(number) is not { } delivery)
        {
            return;
        }

        var state = await ReadAsync(number);
        await delivery.RefreshAsync(state);
        if (state is null)
        {
            _deliveries.TryRemove(number, out _);
        }
    }

    private async Task ResumeAsync()
    {
        try
        {
            var numbers = await channel.QueryAsync(WithMembers);
            foreach (var number in numbers)
            {
                (await FindAsync(number))?.Resume();
            }

            LogResumed(numbers.Count, channel.Name);
        }
        catch (ReplicaUnavailableException)
        {
            // The reign is over already, or this server stops.
        }
    }

    private async Task<SubscriptionDelivery?> OpenAsync(ulong number)
    {
        if (await ReadAsync(number) is not { } state)
        {
            return null;
        }

        var id = new SubscriptionId(channel.Group, number);
        var turns = new SerialTurns(exception => LogFailed(exception, id));
        var delivery = await turns.RunAsync(() => Task.FromResult(new SubscriptionDelivery(
            id, channel, state, new GatewayPort(gateways, logger), turns, time, exception => LogFailed(exception, id))));
        if (_isOver)
        {
            delivery.Stop();
        }

        return delivery;
    }

    /// <summary>Whoever leads the channel now begins from what the log knows. On the channel's worker.</summary>
    private void End()
    {
        _isOver = true;
        _listening?.Dispose();
        _onEnded();
        foreach (var lazy in _deliveries.Values)
        {
            if (lazy is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: { } delivery } })
            {
                delivery.Stop();
            }
        }
    }

    private Task<SubscriptionSnapshot?> ReadAsync(ulong number) =>
        channel.QueryAsync(machine => SubscriptionSnapshot.Of(machine.Find(number)));

    private static List<ulong> WithMembers(ChannelStateMachine machine) =>
        [.. machine.Subscriptions.Where(subscription => subscription.Members.Count > 0).Select(subscription => subscription.Number)];

    [LoggerMessage(2001, LogLevel.Error, "Subscription {Subscription} cannot deliver")]
    private partial void LogFailed(Exception exception, SubscriptionId subscription);

    [LoggerMessage(2003, LogLevel.Debug, "Resumed {Count} subscriptions of channel {Channel}")]
    private partial void LogResumed(int count, ChannelName channel);
}
