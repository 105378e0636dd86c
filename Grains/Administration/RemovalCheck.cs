using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Administration;

/// <summary>Whether a silo can be removed without a group being lost. Pure.</summary>
internal static class RemovalCheck
{
    /// <summary>Groups that are named; there may be thousands.</summary>
    private const int MaxNamed = 5;

    /// <summary>
    /// Why it cannot, for the operator; null if it can. To change its members a group needs a majority of those that it has, and of those
    /// that it gets, to be alive.
    /// </summary>
    /// <param name="silo">The silo that is to leave.</param>
    /// <param name="after">The metadata as it would be then.</param>
    /// <param name="known">The cluster as it is.</param>
    public static string? Obstacle(SiloNumber silo, MetadataStateMachine after, ClusterKnowledge known)
    {
        var before = known.Metadata;
        var name = known.NameOf(silo);
        if (!known.HasMajority([.. before.Voters]) || !known.HasMajority([.. after.Voters]))
        {
            return $"Without {name} the metadata would have no majority of live voters.";
        }

        var lost = after.Channels
            .Where(channel => before.Find(channel.Value.Group) is { } placement && placement.IsKeptOn(silo)
                && !(known.HasMajority([.. placement.Replicas]) && known.HasMajority([.. channel.Value.Replicas])))
            .Select(channel => channel.Key)
            .ToList();
        return lost.Count == 0
            ? null
            : $"Without {name} there would be no majority of live replicas of {lost.Count} channels: {string.Join(", ", lost.Take(MaxNamed))}{(lost.Count > MaxNamed ? ", ..." : "")}.";
    }

    /// <summary>What gets worse, and is the operator's to decide.</summary>
    public static IReadOnlyList<string> Warnings(MetadataStateMachine before, MetadataStateMachine after)
    {
        var fewer = after.Channels.Count(channel =>
            before.Find(channel.Value.Group) is { } placement && channel.Value.Replicas.Count < placement.Replicas.Count);
        return fewer == 0 ? [] : [$"{fewer} channels will have one replica less: there is no silo left that could take it."];
    }
}
