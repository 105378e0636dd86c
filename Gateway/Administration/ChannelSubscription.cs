using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Administration;

/// <summary>A subscription, or a queue group with its members, as <c>/bayou/subscriptions</c> shows it.</summary>
internal sealed record ChannelSubscription
{
    public required string Channel { get; init; }

    public string? DurableName { get; init; }

    public string? QueueGroup { get; init; }

    public required SubscriptionState State { get; init; }

    /// <summary>Sequence of the last message that was sent to any member.</summary>
    public required ulong LastSent { get; init; }

    /// <summary>Messages that it has not been sent yet.</summary>
    public required ulong Lag { get; init; }

    /// <summary>Messages that it was sent and that were not acknowledged.</summary>
    public required long Pending { get; init; }

    /// <summary>Who receives; of one that is offline, who did last.</summary>
    public required IReadOnlyList<SubscriptionMember> Members { get; init; }

    public static IEnumerable<ChannelSubscription> AllOf(ChannelFigures channel) =>
        channel.Subscriptions.GroupBy(static view => view.Subscription).Select(members => Of(channel, [.. members]));

    private static ChannelSubscription Of(ChannelFigures channel, IReadOnlyList<MemberView> members)
    {
        var any = members[0];
        var (durable, group) = NamesOf(any);

        // What is below the first message is gone, and nobody lacks it.
        var passed = Math.Max(any.SubscriptionLastSent, channel.FirstSequence - Math.Min(1, channel.FirstSequence));
        return new ChannelSubscription
        {
            Channel = channel.Name,
            DurableName = durable,
            QueueGroup = group,
            State = any.IsOffline ? SubscriptionState.Offline : members.All(static member => member.IsStalled) ? SubscriptionState.Stalled : SubscriptionState.Active,
            LastSent = any.SubscriptionLastSent,
            Lag = channel.LastSequence - Math.Min(passed, channel.LastSequence),
            Pending = any.SubscriptionPendingCount,
            Members = [.. members.Select(SubscriptionMember.Of)],
        };
    }

    /// <summary>A durable group is shown to NATS Streaming's tools as <c>durable:group</c>; its durable name has no colon.</summary>
    private static (string? Durable, string? Group) NamesOf(MemberView view)
    {
        if (view.QueueName.Length == 0)
        {
            return (view.IsDurable ? view.DurableName : null, null);
        }

        var colon = view.IsDurable ? view.QueueName.IndexOf(':', StringComparison.Ordinal) : -1;
        return colon < 0 ? (null, view.QueueName) : (view.QueueName[..colon], view.QueueName[(colon + 1)..]);
    }
}
