namespace Bayou.Gateway.Administration;

/// <summary>How a subscription fares.</summary>
internal enum SubscriptionState
{
    /// <summary>It has a receiver that takes more.</summary>
    Active,

    /// <summary>A durable whose client, or whose group's last one, is gone.</summary>
    Offline,

    /// <summary>Every receiver has as many messages in flight as it may.</summary>
    Stalled,
}
