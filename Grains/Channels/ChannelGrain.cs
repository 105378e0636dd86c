using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Orleans.Runtime.Placement;

namespace Bayou.Grains.Channels;

/// <summary>
/// The façade of a channel: checks requests, turns them into proposals for the channel's log, and answers when they are applied.
/// Publishes interleave; everything that changes subscriptions runs one at a time, so that what was read still holds when the
/// proposal is applied. It follows the channel's leader from silo to silo.
/// </summary>
[LeaderPlacement]
public sealed partial class ChannelGrain(ReplicaHost host, SiloDirectory silos, Deliveries deliveries, StreamingOptions options, TimeProvider time)
    : Grain, IChannelGrain
{
    /// <summary>Of the request that runs, if it is not a publish: the channel may end, and another of its name come.</summary>
    private ChannelReplica? _channel;

    private Task<OpenedChannel>? _opening;

    private ChannelName Name => new(this.GetPrimaryKeyString());

    private SubscriptionChanges Subscriptions => new(_channel!, deliveries, options.ReplaceDurable, time);

    public async ValueTask<PublishResult> PublishAsync(BatchBytes batch)
    {
        ChannelReplica channel;
        try
        {
            var opened = await OpenAsync();
            if (opened.Error is { } error)
            {
                return new PublishResult(0, error);
            }

            channel = opened.Channel!;
        }
        catch (ReplicaUnavailableException exception)
        {
            Follow(exception.Leader);
            return new PublishResult(0, StanErrors.LeadershipLost, PublishRetry.Elsewhere);
        }

        var result = await AppendAsync(channel, batch);
        if (result.Retry == PublishRetry.Elsewhere)
        {
            Follow(channel.LeaderName);
        }

        return result;
    }

    public Task<SubscribeResult> SubscribeAsync(SubscribeRequest request) => LeadAsync(async () =>
    {
        var opened = await OpenAsync();
        if (opened.Error is { } error)
        {
            return SubscribeResult.Refused(error);
        }

        _channel = opened.Channel!;
        await _channel.RequireLeadingAsync();
        return await Subscriptions.SubscribeAsync(request);
    });

    public Task<string?> UnsubscribeAsync(UnsubscribeRequest request) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return StanErrors.UnknownChannel;
        }

        return await Subscriptions.UnsubscribeAsync(request);
    });

    public Task EndSessionAsync(ClientId client, SessionEpoch session) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return false;
        }

        await Subscriptions.EndSessionAsync(client, session);
        return true;
    });

    public Task SetClientHealthAsync(ClientId client, bool answers) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return false;
        }

        await Subscriptions.SetClientHealthAsync(client, answers);
        return true;
    });

    private static Task<PublishResult> AppendAsync(ChannelReplica channel, BatchBytes batch)
    {
        var applied = channel.Enqueue(batch);
        channel.Run();
        return applied;
    }

    /// <summary>Does what only the silo that leads the channel may do, or goes there and has the caller come again.</summary>
    private async Task<T> LeadAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (ReplicaUnavailableException exception)
        {
            Follow(exception.Leader ?? host.FindChannel(Name)?.LeaderName);
            throw new LeaderMovedException($"Channel {Name.Value} is led elsewhere, or by nobody now.", exception);
        }
    }

    /// <summary>Finds the channel without creating it; false if there is none.</summary>
    private async Task<bool> FindAsync()
    {
        _channel = host.FindChannel(Name);
        if (_channel is not null)
        {
            await _channel.RequireLeadingAsync();
            return true;
        }

        return await host.LocateAsync(Name);
    }

    /// <summary>Moves this activation to the silo that leads. Who calls meanwhile is sent after it.</summary>
    private void Follow(string? leader)
    {
        if (leader is not null && leader != host.Name && silos.Find(leader) is { } silo)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            this.MigrateOnIdle();
        }
        else if (_channel is not null && host.FindChannel(Name) != _channel)
        {
            // The replica that it knows was let go, or has begun anew, and leads nothing any more: the next activation finds the present one.
            DeactivateOnIdle();
        }
    }

    /// <summary>Opens the channel, creating it if need be, or says why that is refused. Callers that come together share one try.</summary>
    private async Task<OpenedChannel> OpenAsync()
    {
        if (host.FindChannel(Name) is { } existing)
        {
            return new OpenedChannel(existing, Error: null);
        }

        var opening = _opening ??= host.OpenChannelAsync(Name, options.MaxChannels);
        try
        {
            return await opening;
        }
        finally
        {
            _opening = null;
            if (host.FindChannel(Name) is null)
            {
                DeactivateOnIdle();
            }
        }
    }
}
