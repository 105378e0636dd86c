using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Subscriptions;

/// <summary>The way from a subscription to its members' connections.</summary>
public interface IDeliveryPort
{
    /// <summary>
    /// Completed when the messages are in a connection's queue, or it is known that they are not. One at a time for each member.
    /// </summary>
    Task<DeliveryAnswer> DeliverAsync(Delivery delivery);
}
