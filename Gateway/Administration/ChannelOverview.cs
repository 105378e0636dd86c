using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Administration;

/// <summary>A channel as <c>/bayou/channels</c> shows it.</summary>
internal sealed record ChannelOverview
{
    public required string Name { get; init; }

    public required long Messages { get; init; }

    public required long Bytes { get; init; }

    public required ulong FirstSeq { get; init; }

    public required ulong LastSeq { get; init; }

    /// <summary>Subscriptions; a queue group is one.</summary>
    public required int Subscriptions { get; init; }

    /// <summary>Those of them that are durables without a receiver.</summary>
    public required int Offline { get; init; }

    /// <summary>Messages that the one of them has not been sent that is the farthest behind.</summary>
    public required ulong MaxLag { get; init; }

    /// <summary>Messages that were sent and not acknowledged, of all of them.</summary>
    public required long Pending { get; init; }

    public static ChannelOverview Of(ChannelFigures channel)
    {
        var subscriptions = ChannelSubscription.AllOf(channel).ToList();
        return new ChannelOverview
        {
            Name = channel.Name,
            Messages = channel.Messages,
            Bytes = channel.Bytes,
            FirstSeq = channel.FirstSequence,
            LastSeq = channel.LastSequence,
            Subscriptions = subscriptions.Count,
            Offline = subscriptions.Count(static subscription => subscription.State == SubscriptionState.Offline),
            MaxLag = subscriptions.Select(static subscription => subscription.Lag).DefaultIfEmpty().Max(),
            Pending = subscriptions.Sum(static subscription => subscription.Pending),
        };
    }
}
