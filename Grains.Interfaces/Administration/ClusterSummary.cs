namespace Bayou.Grains.Interfaces.Administration;

/// <summary>The cluster as one silo sees it, with what the others answered.</summary>
public sealed record ClusterSummary
{
    /// <summary>The node that was asked.</summary>
    public required string NodeId { get; init; }

    /// <summary>It belongs to a cluster; if not, the rest is empty.</summary>
    public bool Formed { get; init; }

    /// <summary>In order of their numbers.</summary>
    public IReadOnlyList<SiloSummary> Silos { get; init; } = [];

    /// <summary>In order of their numbers, the metadata first.</summary>
    public IReadOnlyList<GroupSummary> Groups { get; init; } = [];

    /// <summary>Nodes that are taken to be alive and did not answer in time: what only they know is missing.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];
}
