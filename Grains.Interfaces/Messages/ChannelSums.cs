namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Sums over some channels.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelSums")]
public readonly record struct ChannelSums([property: Id(0)] int Subscriptions, [property: Id(1)] long Messages, [property: Id(2)] long Bytes);
