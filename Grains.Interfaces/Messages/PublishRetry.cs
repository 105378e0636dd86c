namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Whether a batch that was not stored may be sent again, under the same number.</summary>
public enum PublishRetry
{
    /// <summary>It was stored, or refused for good.</summary>
    No = 0,

    /// <summary>
    /// Another silo leads the channel, or leadership moved while the batch was under way and nobody knows what became of it, or the
    /// channel has ended and another takes its place. The channel recognises a batch that it has already.
    /// </summary>
    Elsewhere,

    /// <summary>A majority of the channel's replicas cannot be reached, as far as is known.</summary>
    NoQuorum,
}
