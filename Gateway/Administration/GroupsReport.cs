using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Gateway.Administration;

/// <summary>The content of <c>/bayou/groups</c>.</summary>
internal sealed record GroupsReport
{
    public required string ServerId { get; init; }

    /// <summary>The node that answers.</summary>
    public required string NodeId { get; init; }

    public required string Now { get; init; }
    public required int Offset { get; init; }
    public required int Limit { get; init; }

    /// <summary>Groups on this page.</summary>
    public required int Count { get; init; }

    /// <summary>Groups that the filters let through.</summary>
    public required int Total { get; init; }

    public required IReadOnlyList<GroupSummary> Groups { get; init; }

    /// <summary>Nodes that did not answer in time: what only they know is missing.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }
}
