namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What a gateway could do with a delivery.</summary>
public enum DeliveryOutcome
{
    /// <summary>Every message is in the connection's queue.</summary>
    Delivered,

    /// <summary>Nobody subscribes to the inbox now: nothing was sent.</summary>
    NoInterest,
}
