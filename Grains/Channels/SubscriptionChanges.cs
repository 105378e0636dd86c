using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Bayou.Records;

namespace Bayou.Grains.Channels;

/// <summary>
/// Changes the subscriptions of a channel that this silo leads: looks at what the log knows, proposes what follows from it, and has the
/// deliveries take that over. One call at a time for a channel, so that what was read still holds when the proposal is applied.
/// </summary>
internal sealed class SubscriptionChanges(ChannelReplica channel, Deliveries deliveries, bool replaceDurable, TimeProvider time)
{
    /// <summary>A repeated request, told by its ack secret, gets the answer that the first one got.</summary>
    public async Task<SubscribeResult> SubscribeAsync(SubscribeRequest request)
    {
        if (request.QueueGroup.Length > 0 && request.DurableName.Contains(':', StringComparison.Ordinal))
        {
            return SubscribeResult.Refused(ChannelErrors.DurableQueueName);
        }

        var found = await channel.QueryAsync(machine => Locate(machine, request));
        if (found.Existing is { } repeated && found.Members.FirstOrDefault(member => member.AckSecret == request.AckSecret) is { } welcomed)
        {
            // The very same request came before, and its answer got lost with a leader.
            return await WelcomeAsync(repeated.Number, welcomed, request);
        }

        if (found.Existing is { IsQueueGroup: false } taken && found.Members.Count > 0)
        {
            if (!replaceDurable)
            {
                return SubscribeResult.Refused(ChannelErrors.DuplicateDurable);
            }

            await RemoveMemberAsync(taken.Number, found.Members[0].Id);
            found = found with { Members = [] };
        }

        var resumesOffline = found.Existing is not null && found.Members.Count == 0;
        if (!resumesOffline && channel.Limits.MaxSubscriptions > 0 && found.SubscriptionCount >= channel.Limits.MaxSubscriptions)
        {
            return SubscribeResult.Refused(ChannelErrors.TooManySubscriptions);
        }

        var number = found.Existing?.Number ?? found.NextNumber;
        var member = NewMember(request, found.Existing is null ? number + 1 : found.NextNumber);
        await channel.ProposeAsync(found.Existing is null
            ? new ChannelCommand { CreateSubscription = NewSubscription(request, number, member, found.StartAfter) }
            : new ChannelCommand { AddMember = new AddMember { Subscription = number, Member = member.ToRecord() } });
        return await WelcomeAsync(number, member, request);
    }

    /// <summary>Null, or the error text for the client.</summary>
    public async Task<string?> UnsubscribeAsync(UnsubscribeRequest request)
    {
        var found = await channel.QueryAsync(machine => FindMember(machine, channel.Group, request));
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
    }

    /// <summary>Ends what a client's session, or an earlier one of the same client, has subscribed to; durables keep their position.</summary>
    public async Task EndSessionAsync(ClientId client, SessionEpoch session)
    {
        var parts = await channel.QueryAsync(machine => PartsOf(machine, client, session));
        foreach (var part in parts)
        {
            // Parts of one queue group change each other: whether one is the last is asked again.
            var isLast = await channel.QueryAsync(machine => machine.Find(part.Subscription)?.Members.Count == 1);
            await EndAsync(part with { IsLastMember = isLast }, remove: false);
        }
    }

    /// <summary>A client answers its heartbeats, or does not.</summary>
    public async Task SetClientHealthAsync(ClientId client, bool answers)
    {
        var numbers = await channel.QueryAsync(machine => machine.Subscriptions
            .Where(subscription => subscription.Members.Any(member => member.Client == client))
            .Select(subscription => subscription.Number)
            .ToList());
        foreach (var number in numbers)
        {
            (await deliveries.FindAsync(IdOf(number)))?.SetClientHealth(client, answers);
        }
    }

    /// <summary>Ends a subscription with all its members, and forgets its position.</summary>
    public async Task RemoveAsync(ulong subscription)
    {
        await channel.ProposeAsync(new ChannelCommand { RemoveSubscription = new RemoveSubscription { Subscription = subscription } });
        await deliveries.RefreshAsync(IdOf(subscription));
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
        return channel.TryFindByTime(start, out var sequence)
            ? Math.Max(sequence, machine.FirstSequence) - 1
            : machine.LastSequence;
    }

    private async Task EndAsync(Part part, bool remove)
    {
        // What was acknowledged before the request must be in the log before the member leaves.
        await deliveries.FlushAsync(IdOf(part.Subscription));
        if (part.IsLastMember && (remove || !part.IsDurable))
        {
            await RemoveAsync(part.Subscription);
        }
        else
        {
            await RemoveMemberAsync(part.Subscription, part.Member);
        }
    }

    private async Task RemoveMemberAsync(ulong subscription, MemberId member)
    {
        await channel.ProposeAsync(new ChannelCommand
        {
            RemoveMember = new RemoveMember { Subscription = subscription, Member = member.Value },
        });
        await deliveries.RefreshAsync(IdOf(subscription));
    }

    private async Task<SubscribeResult> WelcomeAsync(ulong number, MemberState member, SubscribeRequest request)
    {
        var subscription = IdOf(number);
        await deliveries.RefreshAsync(subscription);
        return new SubscribeResult { AckInbox = new AckInbox(subscription, request.AckSecret).ToString(), MemberId = member.Id.Value };
    }

    private SubscriptionId IdOf(ulong subscription) => new(channel.Group, subscription);

    private sealed record Located(
        SubscriptionState? Existing,
        IReadOnlyList<MemberState> Members,
        ulong NextNumber,
        int SubscriptionCount,
        ulong StartAfter);

    private readonly record struct Part(ulong Subscription, MemberId Member, ClientId Client, bool IsDurable, bool IsLastMember);
}
