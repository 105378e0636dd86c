namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Sums over everything a silo holds.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.StreamingTotals")]
public sealed record StreamingTotals(
    [property: Id(0)] int Clients,
    [property: Id(1)] int Subscriptions,
    [property: Id(2)] int Channels,
    [property: Id(3)] long Messages,
    [property: Id(4)] long Bytes);
