namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The limits in force: of the server, of any channel, and of the channels and wildcards that have some of their own.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.LimitFigures")]
public sealed record LimitFigures(
    [property: Id(0)] int MaxChannels,
    [property: Id(1)] ChannelLimits Global,
    [property: Id(2)] IReadOnlyList<NamedLimits> Channels);
