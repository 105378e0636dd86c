namespace Bayou.Grains.Subscriptions;

/// <summary>What became of a delivery.</summary>
public enum DeliveryAnswer
{
    /// <summary>The messages are in a connection's queue.</summary>
    Delivered,

    /// <summary>Nobody listens on the inbox.</summary>
    NoInterest,

    /// <summary>The gateway was lost on the way; it may still be reading the buffer.</summary>
    GatewayLost,
}
