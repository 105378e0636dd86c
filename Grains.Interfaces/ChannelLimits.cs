namespace Bayou.Grains.Interfaces;

/// <summary>What one channel may hold. 0 means no limit. A full channel drops its oldest messages; publishers never see it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelLimits")]
public sealed record ChannelLimits
{
    /// <summary>Messages (<c>max_msgs</c>). Default 1,000,000.</summary>
    [Id(0)] public long MaxMessages { get; init; } = 1_000_000;

    /// <summary>Accounted bytes (<c>max_bytes</c>); the last message always stays. Default 1,024,000,000.</summary>
    [Id(1)] public long MaxBytes { get; init; } = 1_024_000_000;

    /// <summary>Age of a message (<c>max_age</c>). Default: no limit.</summary>
    [Id(2)] public TimeSpan MaxAge { get; init; }

    /// <summary>Subscriptions, each queue member and each offline durable counted (<c>max_subs</c>). Default 1,000.</summary>
    [Id(3)] public int MaxSubscriptions { get; init; } = 1_000;

    /// <summary>Time without message and active subscription after which the channel goes (<c>max_inactivity</c>). Default: never.</summary>
    [Id(4)] public TimeSpan MaxInactivity { get; init; }

    /// <summary>Whether a channel of this size has to drop messages.</summary>
    public bool AreExceededBy(long messages, ulong bytes) =>
        (MaxMessages > 0 && messages > MaxMessages) || (MaxBytes > 0 && bytes > (ulong)MaxBytes);
}
