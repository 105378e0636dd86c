using System.Collections.Concurrent;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>The deliveries of one channel for as long as this silo leads it.</summary>
internal sealed partial class ChannelDeliveries(ChannelReplica channel, IDeliveryPort port, IReplicaScheduler scheduler, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<ulong, Lazy<Task<SubscriptionDelivery?>>> _deliveries = new();
    private IDisposable? _listening;
    private Action _onEnded = static () => { };
    private volatile bool _isOver;

    /// <summary>
    /// Resumes every subscription that has members; <paramref name="onEnded"/> is called when the reign is over. On the channel's worker.
    /// </summary>
    public void Begin(Action onEnded)
    {
        _onEnded = onEnded;
        _listening = channel.ListenForEnd(End);
        _ = ResumeAsync();
    }

    /// <summary>The delivery of a subscription; null if there is none. It begins if it had not.</summary>
    public async Task<SubscriptionDelivery?> FindAsync(ulong number)
    {
        var lazy = _deliveries.GetOrAdd(number, static (added, self) => new(() => self.OpenAsync(added)), this);
        SubscriptionDelivery? delivery = null;
        try
        {
            delivery = await lazy.Value;
            if (_isOver)
            {
                // Whoever ended the reign may have missed it, as it was not there yet.
                delivery?.Stop();
            }

            return delivery;
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
                await ResumeAsync(number);
            }

            LogResumed(numbers.Count, channel.Name);
        }
        catch (Exception exception)
        {
            LogNotResumed(exception, channel.Name);
        }
    }

    private async Task ResumeAsync(ulong number)
    {
        try
        {
            (await FindAsync(number))?.Resume();
        }
        catch (Exception exception)
        {
            // The others are to go on.
            LogFailed(exception, new SubscriptionId(channel.Group, number));
        }
    }

    private async Task<SubscriptionDelivery?> OpenAsync(ulong number)
    {
        if (await ReadAsync(number) is not { } state)
        {
            return null;
        }

        var id = new SubscriptionId(channel.Group, number);
        var turns = new SerialTurns(scheduler, exception => LogFailed(exception, id));
        return await turns.RunAsync(() => Task.FromResult(new SubscriptionDelivery(
            id, channel, state, port, turns, time, exception => LogFailed(exception, id))));
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

    [LoggerMessage(2004, LogLevel.Error, "The subscriptions of channel {Channel} could not be resumed")]
    private partial void LogNotResumed(Exception exception, ChannelName channel);

    [LoggerMessage(2003, LogLevel.Debug, "Resumed {Count} subscriptions of channel {Channel}")]
    private partial void LogResumed(int count, ChannelName channel);
}
