namespace Bayou.Grains.Interfaces;

/// <summary>Limits given for one channel name or wildcard. Null inherits from the next wider entry; 0 lifts the limit.</summary>
public sealed record ChannelLimitsOverride
{
    public long? MaxMessages { get; init; }

    public long? MaxBytes { get; init; }

    public TimeSpan? MaxAge { get; init; }

    public int? MaxSubscriptions { get; init; }

    public TimeSpan? MaxInactivity { get; init; }
}
