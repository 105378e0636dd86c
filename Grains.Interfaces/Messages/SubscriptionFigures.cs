namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What a subscription knows that its channel's log does not.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SubscriptionFigures")]
public sealed record SubscriptionFigures(
    [property: Id(0)] ulong LastSent,
    [property: Id(1)] long PendingCount,
    [property: Id(2)] IReadOnlyList<MemberFigures> Members);
