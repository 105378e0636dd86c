using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Administration;

/// <summary>What moves between two states of the metadata. Pure.</summary>
internal static class PlacementDifference
{
    /// <summary>One move for each vote in the metadata and each replica of a channel, in order of the groups.</summary>
    public static IReadOnlyList<ReplicaMove> Between(MetadataStateMachine before, MetadataStateMachine after) =>
    [
        .. Moves(GroupId.Metadata.Value, channel: null, before.Voters, after.Voters, before),
        .. after.Channels
            .OrderBy(channel => channel.Value.Group)
            .SelectMany(channel => Moves(
                channel.Value.Group.Value, channel.Key, before.Find(channel.Value.Group)?.Replicas ?? [], channel.Value.Replicas, before)),
    ];

    private static IEnumerable<ReplicaMove> Moves(
        ulong group, string? channel, IReadOnlyList<ulong> before, IReadOnlyList<ulong> after, MetadataStateMachine names)
    {
        var leaving = Names(before.Except(after), names);
        var coming = Names(after.Except(before), names);
        for (var i = 0; i < Math.Max(leaving.Count, coming.Count); i++)
        {
            yield return new ReplicaMove(group, channel, leaving.ElementAtOrDefault(i), coming.ElementAtOrDefault(i));
        }
    }

    private static List<string> Names(IEnumerable<ulong> replicas, MetadataStateMachine names) =>
        [.. replicas.Select(replica => names.Silos.All[new ReplicaId(replica).Silo].Identity.Name)];
}
