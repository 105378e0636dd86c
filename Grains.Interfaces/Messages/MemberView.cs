namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A receiver, or a durable without one, as the monitoring pages show it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberView")]
public sealed record MemberView(
    [property: Id(0)] string ClientId,
    [property: Id(1)] string Inbox,
    [property: Id(2)] string AckInbox,
    [property: Id(3)] string DurableName,
    [property: Id(4)] string QueueName,
    [property: Id(5)] bool IsDurable,
    [property: Id(6)] bool IsOffline,
    [property: Id(7)] int MaxInFlight,
    [property: Id(8)] int AckWaitSeconds,
    [property: Id(9)] ulong LastSent,
    [property: Id(10)] long PendingCount,
    [property: Id(11)] bool IsStalled)
{
    /// <summary>The number of the subscription, which all members of a queue group share.</summary>
    [Id(12)] public ulong Subscription { get; init; }

    /// <summary>How far the subscription is, whichever member was sent the last message.</summary>
    [Id(13)] public ulong SubscriptionLastSent { get; init; }

    /// <summary>Messages of the subscription that were sent and not acknowledged, those that no member has now included.</summary>
    [Id(14)] public long SubscriptionPendingCount { get; init; }
}
