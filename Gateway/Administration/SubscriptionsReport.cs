namespace Bayou.Gateway.Administration;

/// <summary>The content of <c>/bayou/subscriptions</c>. It is paged by channels, not by subscriptions.</summary>
internal sealed record SubscriptionsReport
{
    public required string ServerId { get; init; }

    public required string Now { get; init; }

    public required int Offset { get; init; }

    public required int Limit { get; init; }

    /// <summary>Channels on this page.</summary>
    public required int Count { get; init; }

    /// <summary>Channels that the pattern takes in.</summary>
    public required int Total { get; init; }

    public required IReadOnlyList<ChannelSubscription> Subscriptions { get; init; }

    /// <summary>Nodes that did not answer in time: what they lead is shown as the one that answers knows it.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }
}
