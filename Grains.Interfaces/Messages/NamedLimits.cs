namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The limits of one channel name or wildcard.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.NamedLimits")]
public sealed record NamedLimits([property: Id(0)] string Name, [property: Id(1)] ChannelLimits Limits);
