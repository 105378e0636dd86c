using System.Globalization;
using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Grains.Administration;

/// <summary>A group that changes its leader, or why it does not. Pure.</summary>
internal sealed record TransferPlan(ulong Group, string From, string To)
{
    /// <summary>A successor that lacks no more than this catches up at once.</summary>
    private const ulong MaxLag = 64;

    /// <summary>The answer instead of a transfer.</summary>
    public AdminResult? Refusal { get; private init; }

    /// <param name="group">The number of a group, or the name of a channel.</param>
    /// <param name="to">The node that is to lead; null for the one that leads the fewest of those that could.</param>
    /// <param name="cluster">The cluster as it is.</param>
    public static TransferPlan Of(string group, string? to, ClusterSummary cluster)
    {
        // A channel may be called like a number; its name goes first.
        var found = cluster.Groups.FirstOrDefault(candidate => candidate.Channel == group)
            ?? (ulong.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? cluster.Groups.FirstOrDefault(candidate => candidate.Group == number)
                : null);
        if (found is null)
        {
            return Refuse(AdminOutcome.NotFound, $"There is no group or channel {group}.");
        }

        if (to is not null && cluster.Silos.All(silo => silo.NodeId != to))
        {
            return Refuse(AdminOutcome.NotFound, $"The cluster has no node {to}.", [.. cluster.Silos.Select(silo => silo.NodeId)]);
        }

        if (found.Leader is not { } leader)
        {
            return Refuse(AdminOutcome.Unavailable, $"Group {found.Group} has no leader now.");
        }

        if (leader == to)
        {
            return Refuse(AdminOutcome.Unchanged, $"{to} leads group {found.Group} already.");
        }

        var successors = Successors(found, cluster);
        var chosen = successors.Find(successor => to is null || successor == to);
        return chosen is not null
            ? new TransferPlan(found.Group, leader, chosen)
            : Refuse(
                AdminOutcome.Refused,
                to is null ? $"No other node could lead group {found.Group} now." : $"{to} cannot lead group {found.Group} now: it has no vote in it, is not up to date, or is to lead nothing.",
                successors);
    }

    /// <summary>Those that could take over, the one that leads the fewest first.</summary>
    private static List<string> Successors(GroupSummary group, ClusterSummary cluster) =>
    [
        .. group.Replicas
            .Where(replica => replica is { Voter: true, Leader: false, State: ReplicaState.Ok, Lag: <= MaxLag })
            .Join(cluster.Silos.Where(silo => silo is { Drained: false, Leaving: false }), replica => replica.NodeId, silo => silo.NodeId, (_, silo) => silo)
            .OrderBy(silo => silo.Leaders).ThenBy(silo => silo.Number)
            .Select(silo => silo.NodeId),
    ];

    private static TransferPlan Refuse(AdminOutcome outcome, string message, IReadOnlyList<string>? allowed = null) => new(0, "", "")
    {
        Refusal = new AdminResult { Outcome = outcome, Message = message, Allowed = allowed ?? [] },
    };
}
