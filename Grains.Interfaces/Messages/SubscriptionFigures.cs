using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What a subscription knows that its channel's log does not.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SubscriptionFigures")]
public sealed record SubscriptionFigures(
    [property: Id(0)] ulong LastSent,
    [property: Id(1)] long PendingCount,
    [property: Id(2)] IReadOnlyList<MemberFigures> Members);

/// <summary>One member's part of <see cref="SubscriptionFigures"/>.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberFigures")]
public sealed record MemberFigures(
    [property: Id(0)] MemberId Member,
    [property: Id(1)] ulong LastSent,
    [property: Id(2)] long PendingCount,
    [property: Id(3)] bool IsStalled);
