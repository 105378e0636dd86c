using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Metadata;

/// <summary>A channel in the directory.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Replicas">Who is to have a replica of it. The first one is to lead.</param>
/// <param name="Founders">The membership that the group's log begins with; never changes.</param>
/// <param name="Wanted">Replicas that it is to have, as far as there are silos.</param>
public sealed record ChannelPlacement(GroupId Group, IReadOnlyList<ulong> Replicas, IReadOnlyList<ulong> Founders, int Wanted)
{
    /// <summary>The replica on a silo; null if it is to have none.</summary>
    internal ReplicaId? On(SiloNumber silo)
    {
        foreach (var replica in Replicas)
        {
            if (new ReplicaId(replica) is var id && id.Silo == silo)
            {
                return id;
            }
        }

        return null;
    }
}
