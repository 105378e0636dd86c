using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>
/// Messages for one member of a subscription, in order. <see cref="Messages"/> holds entries in the form of
/// <see cref="DeliveryBuffer"/>; the receiver must not keep it beyond the call, since the sender uses the buffer again once the
/// call was answered.
/// </summary>
[GenerateSerializer, Immutable, Alias("Bayou.Delivery")]
public sealed record Delivery(
    [property: Id(0)] ChannelName Channel,
    [property: Id(1)] string Inbox,
    [property: Id(2)] BatchBytes Messages);
