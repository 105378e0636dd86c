using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Gateway.Administration;

/// <summary>The content of <c>/bayou/cluster</c>.</summary>
internal sealed record ClusterReport
{
    public required string ServerId { get; init; }

    /// <summary>The node that answers.</summary>
    public required string NodeId { get; init; }

    public required string Now { get; init; }

    /// <summary>This server belongs to a cluster; if not, the rest is empty.</summary>
    public required bool Formed { get; init; }

    public required IReadOnlyList<SiloSummary> Silos { get; init; }

    public required GroupCounts Groups { get; init; }

    /// <summary>Nodes that did not answer in time: what only they know is missing.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }
}
