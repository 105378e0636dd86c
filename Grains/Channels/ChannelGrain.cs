using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Bayou.Records;
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
    private ChannelLimits _limits = new();

    private ChannelName Name => new(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _limits = ChannelLimitsResolver.Resolve(options, Name.Value);
        return Task.CompletedTask;
    }

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
        await RequireLeadingAsync(_channel);

        if (request.QueueGroup.Length > 0 && request.DurableName.Contains(':', StringComparison.Ordinal))
        {
            return SubscribeResult.Refused(ChannelErrors.DurableQueueName);
        }

        var found = await _channel.QueryAsync(machine => Locate(machine, request));
        if (found.Existing is { } repeated && found.Members.FirstOrDefault(member => member.AckSecret == request.AckSecret) is { } welcomed)
        {
            // The very same request came before, and its answer got lost with a leader.
            return await WelcomeAsync(repeated.Number, welcomed, request);
        }

        if (found.Existing is { IsQueueGroup: false } taken && found.Members.Count > 0)
        {
            if (!options.ReplaceDurable)
            {
                return SubscribeResult.Refused(ChannelErrors.DuplicateDurable);
            }

            await RemoveMemberAsync(taken.Number, found.Members[0].Id);
            found = found with { Members = [] };
        }

        var resumesOffline = found.Existing is not null && found.Members.Count == 0;
        if (!resumesOffline && _limits.MaxSubscriptions > 0 && found.SubscriptionCount >= _limits.MaxSubscriptions)
        {
            return SubscribeResult.Refused(ChannelErrors.TooManySubscriptions);
        }

        var number = found.Existing?.Number ?? found.NextNumber;
        var member = NewMember(request, found.Existing is null ? number + 1 : found.NextNumber);
        await _channel.ProposeAsync(found.Existing is null
            ? new ChannelCommand { CreateSubscription = NewSubscription(request, number, member, found.StartAfter) }
            : new ChannelCommand { AddMember = new AddMember { Subscription = number, Member = member.ToRecord() } });
        return await WelcomeAsync(number, member, request);
    });

    public Task<string?> UnsubscribeAsync(UnsubscribeRequest request) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return StanErrors.UnknownChannel;
        }

        var found = await _channel!.QueryAsync(machine => FindMember(machine, _channel.Group, request));
        if (found is not { } part)
        {
            return ChannelErrors.InvalidSubscription;
        }

        if (part.Client != request.Client)
        {
            return StanErrors.UnknownClient;
        }

        await EndAsync(part, request.Remove);
        return null;
    });

    public Task EndSessionAsync(ClientId client, SessionEpoch session) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return false;
        }

        var parts = await _channel!.QueryAsync(machine => PartsOf(machine, client, session));
        foreach (var part in parts)
        {
            // Parts of one queue group change each other: whether one is the last is asked again.
            var isLast = await _channel.QueryAsync(machine => machine.Find(part.Subscription)?.Members.Count == 1);
            await EndAsync(part with { IsLastMember = isLast }, remove: false);
        }

        return true;
    });

    public Task SetClientHealthAsync(ClientId client, bool answers) => LeadAsync(async () =>
    {
        if (!await FindAsync())
        {
            return false;
        }

        var numbers = await _channel!.QueryAsync(machine => machine.Subscriptions
            .Where(subscription => subscription.Members.Any(member => member.Client == client))
            .Select(subscription => subscription.Number)
            .ToList());
        foreach (var number in numbers)
        {
            (await deliveries.FindAsync(IdOf(number)))?.SetClientHealth(client, answers);
        }

        return true;
    });

    private static Task<PublishResult> AppendAsync(ChannelReplica channel, BatchBytes batch)
    {
        var applied = channel.Enqueue(batch);
        channel.Run();
        return applied;
    }

    private static List<Part> PartsOf(ChannelStateMachine machine, ClientId client, SessionEpoch session)
    {
        var parts = new List<Part>();
        foreach (var subscription in machine.Subscriptions)
        {
            foreach (var member in subscription.Members)
            {
                if (member.Client == client && member.Session.Value <= session.Value)
                {
                    parts.Add(new Part(subscription.Number, member.Id, member.Client, subscription.IsDurable, IsLastMember: false));
                }
            }
        }

        return parts;
    }

    private static Part? FindMember(ChannelStateMachine machine, GroupId group, UnsubscribeRequest request)
    {
        foreach (var subscription in machine.Subscriptions)
        {
            foreach (var member in subscription.Members)
            {
                var matches = member.Inbox == request.Inbox
                    || member.AckInboxOf(group, subscription.Number).ToString() == request.Inbox;
                if (matches)
                {
                    return new Part(subscription.Number, member.Id, member.Client, subscription.IsDurable, subscription.Members.Count == 1);
                }
            }
        }

        return null;
    }

    private static MemberState NewMember(SubscribeRequest request, ulong id) => new()
    {
        Id = new MemberId(id),
        Client = request.Client,
        Session = request.Session,
        Inbox = request.Inbox,
        AckSecret = request.AckSecret,
        MaxInFlight = request.MaxInFlight,
        AckWait = request.AckWait,
    };

    private static SubscriptionRecord NewSubscription(SubscribeRequest request, ulong number, MemberState member, ulong startAfter) => new()
    {
        Number = number,
        DurableName = request.DurableName,
        QueueGroup = request.QueueGroup,
        ClientId = request.Client.Value,
        LastSent = startAfter,
        Members = { member.ToRecord() },
    };

    private Located Locate(ChannelStateMachine machine, SubscribeRequest request)
    {
        var existing = machine.Subscriptions.FirstOrDefault(subscription => IsTheSame(subscription, request));
        return new Located(
            existing,
            existing is null ? [] : [.. existing.Members],
            machine.NextNumber,
            machine.SubscriptionCount,
            existing is null ? StartAfter(machine, request) : 0);
    }

    /// <summary>A queue group by its names; a durable by its client and name; anything else is always new.</summary>
    private static bool IsTheSame(SubscriptionState subscription, SubscribeRequest request) =>
        subscription.Members.Any(member => member.AckSecret == request.AckSecret)
        || (request.QueueGroup.Length > 0
            ? subscription.QueueGroup == request.QueueGroup && subscription.DurableName == request.DurableName
            : request.DurableName.Length > 0
                && subscription is { IsQueueGroup: false }
                && subscription.DurableName == request.DurableName
                && subscription.Client == request.Client);

    /// <summary>Every start position as the sequence before the first one to deliver, so that replays agree on it.</summary>
    private ulong StartAfter(ChannelStateMachine machine, SubscribeRequest request)
    {
        var (first, last) = (machine.FirstSequence, machine.LastSequence);
        return request.StartPosition switch
        {
            StartPosition.LastReceived when last >= first => last - 1,
            StartPosition.First => first - 1,
            StartPosition.SequenceStart when request.StartSequence <= last => Math.Max(request.StartSequence, first) - 1,
            StartPosition.TimeDeltaStart when request.StartTimeDelta > TimeSpan.Zero => StartAfterTime(machine, request.StartTimeDelta),
            _ => last,
        };
    }

    private ulong StartAfterTime(ChannelStateMachine machine, TimeSpan delta)
    {
        var start = ChannelReplica.UnixNanoseconds(time.GetUtcNow() - delta);
        return _channel!.TryFindByTime(start, out var sequence)
            ? Math.Max(sequence, machine.FirstSequence) - 1
            : machine.LastSequence;
    }

    private async Task EndAsync(Part part, bool remove)
    {
        // What was acknowledged before the request must be in the log before the member leaves.
        await deliveries.FlushAsync(IdOf(part.Subscription));
        if (part.IsLastMember && (remove || !part.IsDurable))
        {
            await RemoveSubscriptionAsync(part.Subscription);
        }
        else
        {
            await RemoveMemberAsync(part.Subscription, part.Member);
        }
    }

    private async Task RemoveSubscriptionAsync(ulong subscription)
    {
        await _channel!.ProposeAsync(new ChannelCommand { RemoveSubscription = new RemoveSubscription { Subscription = subscription } });
        await deliveries.RefreshAsync(IdOf(subscription));
    }

    private async Task RemoveMemberAsync(ulong subscription, MemberId member)
    {
        await _channel!.ProposeAsync(new ChannelCommand
        {
            RemoveMember = new RemoveMember { Subscription = subscription, Member = member.Value },
        });
        await deliveries.RefreshAsync(IdOf(subscription));
    }

    private SubscriptionId IdOf(ulong subscription) => new(_channel!.Group, subscription);

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

    /// <summary>Nothing is decided by what this replica has: only by what the leader has, once it knows that it still leads.</summary>
    private static async Task RequireLeadingAsync(ChannelReplica channel)
    {
        await channel.PassBarrierAsync();
        if (channel.IsEnded)
        {
            throw ReplicaUnavailableException.Ended(channel.Name.Value);
        }

        if (!channel.IsLeading)
        {
            throw new ReplicaUnavailableException("Another silo leads the channel.")
            {
                Reason = ReplicaUnavailability.NotLeader,
                Leader = channel.LeaderName,
            };
        }
    }

    /// <summary>Finds the channel without creating it; false if there is none.</summary>
    private async Task<bool> FindAsync()
    {
        _channel = host.FindChannel(Name);
        if (_channel is not null)
        {
            await RequireLeadingAsync(_channel);
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

    private async Task<SubscribeResult> WelcomeAsync(ulong number, MemberState member, SubscribeRequest request)
    {
        var subscription = IdOf(number);
        await deliveries.RefreshAsync(subscription);
        return new SubscribeResult { AckInbox = new AckInbox(subscription, request.AckSecret).ToString(), MemberId = member.Id.Value };
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

    private sealed record Located(
        SubscriptionState? Existing,
        IReadOnlyList<MemberState> Members,
        ulong NextNumber,
        int SubscriptionCount,
        ulong StartAfter);

    private readonly record struct Part(ulong Subscription, MemberId Member, ClientId Client, bool IsDurable, bool IsLastMember);
}
