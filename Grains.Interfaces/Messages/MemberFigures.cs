using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>One member's part of <see cref="SubscriptionFigures"/>.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberFigures")]
public sealed record MemberFigures(
    [property: Id(0)] MemberId Member,
    [property: Id(1)] ulong LastSent,
    [property: Id(2)] long PendingCount,
    [property: Id(3)] bool IsStalled);
