namespace Bayou.Grains.Replication;

/// <summary>Who this silo is among the silos of its cluster, as configured.</summary>
public sealed record ClusterSettings
{
    /// <summary>A server alone: a cluster of one, which it founds by itself.</summary>
    public static readonly ClusterSettings Alone = new() { Name = "alone" };

    /// <summary>The name under which the others know this silo (<c>node_id</c>).</summary>
    public required string Name { get; init; }

    /// <summary>The names of the others that found the cluster together with this silo.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>False for a silo that joins a cluster which others have founded.</summary>
    public bool MayFound { get; init; } = true;

    /// <summary>No other silo will ever be there.</summary>
    public bool IsAlone => Peers.Count == 0 && MayFound;
}
