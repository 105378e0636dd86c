namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The subscriptions that one client has on one channel.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelSubscriptions")]
public sealed record ChannelSubscriptions(
    [property: Id(0)] string Channel,
    [property: Id(1)] IReadOnlyList<MemberView> Subscriptions);
