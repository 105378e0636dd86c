namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A channel as <c>/streaming/channelsz</c> shows it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelFigures")]
public sealed record ChannelFigures(
    [property: Id(0)] string Name,
    [property: Id(1)] long Messages,
    [property: Id(2)] long Bytes,
    [property: Id(3)] ulong FirstSequence,
    [property: Id(4)] ulong LastSequence,
    [property: Id(5)] int SubscriptionCount,
    [property: Id(6)] IReadOnlyList<MemberView> Subscriptions);
