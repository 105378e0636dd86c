namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A session as <c>/streaming/clientsz</c> shows it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ClientFigures")]
public sealed record ClientFigures(
    [property: Id(0)] string Id,
    [property: Id(1)] string HeartbeatInbox,
    [property: Id(2)] int SubscriptionCount,
    [property: Id(3)] IReadOnlyList<ChannelSubscriptions> Subscriptions);
