namespace Bayou.Grains.Interfaces.Messages;

/// <summary>How a request to a client's inbox ended.</summary>
public enum RequestOutcome
{
    Replied,

    /// <summary>Nobody subscribes to the inbox.</summary>
    NoResponders,

    TimedOut,
}
