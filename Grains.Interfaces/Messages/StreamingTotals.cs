namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Sums over everything that the cluster holds.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.StreamingTotals")]
public sealed record StreamingTotals(
    [property: Id(0)] int Clients,
    [property: Id(1)] int Subscriptions,
    [property: Id(2)] int Channels,
    [property: Id(3)] long Messages,
    [property: Id(4)] long Bytes)
{
    /// <summary>Nodes that did not answer in time: what only they know is missing, or as another one knows it.</summary>
    [Id(5)]
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>What this server is among those of the cluster: leader if it leads the metadata, else follower; none for a server alone.</summary>
    [Id(6)]
    public string? Role { get; init; }

    /// <summary>The name that its peers know this server by; none for a server alone.</summary>
    [Id(7)]
    public string? NodeId { get; init; }
}
