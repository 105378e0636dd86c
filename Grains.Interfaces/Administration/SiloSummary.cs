namespace Bayou.Grains.Interfaces.Administration;

/// <summary>A silo of the cluster.</summary>
public sealed record SiloSummary
{
    /// <summary>Its number, given once; a data directory that is lost takes it along.</summary>
    public required ulong Number { get; init; }

    /// <summary>The name that its peers know it by.</summary>
    public required string NodeId { get; init; }

    /// <summary>Where the other silos call it; null as long as it was not heard of.</summary>
    public string? Address { get; init; }

    public required SiloState State { get; init; }

    /// <summary>It leads the metadata group.</summary>
    public bool MetadataLeader { get; init; }

    /// <summary>It is to vote in the metadata group.</summary>
    public bool MetadataVoter { get; init; }

    /// <summary>It is to lead nothing.</summary>
    public bool Drained { get; init; }

    /// <summary>It is being removed.</summary>
    public bool Leaving { get; init; }

    /// <summary>Channels that it leads.</summary>
    public int Leaders { get; init; }

    /// <summary>Replicas of channels that it is to have, those that are to leave it included.</summary>
    public int Replicas { get; init; }
}
