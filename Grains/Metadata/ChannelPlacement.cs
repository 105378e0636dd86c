using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Metadata;

/// <summary>A channel in the directory.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Replicas">Who is to have a replica of it. The first one is to lead first.</param>
/// <param name="Founders">The membership that the group's log begins with; never changes.</param>
/// <param name="Wanted">Replicas that it is to have, as far as there are silos.</param>
public sealed record ChannelPlacement(GroupId Group, IReadOnlyList<ulong> Replicas, IReadOnlyList<ulong> Founders, int Wanted)
{
    /// <summary>Replicas that others take the place of. They stay until the group has let go of them, so that it is never weaker than before.</summary>
    public IReadOnlyList<ulong> Leaving { get; init; } = [];

    /// <summary>The last id of each silo that had a replica once and has none now: ids are never used again.</summary>
    public IReadOnlyList<ulong> Former { get; init; } = [];

    /// <summary>The replica on a silo, one that is to leave included; null if it is to have none.</summary>
    internal ReplicaId? On(SiloNumber silo) => Find(Replicas, silo) ?? Find(Leaving, silo);

    /// <summary>The silo is to have a replica for good.</summary>
    internal bool IsKeptOn(SiloNumber silo) => Find(Replicas, silo) is not null;

    /// <summary>Puts a replica on <paramref name="target"/>, which has none that stays.</summary>
    internal ChannelPlacement Add(SiloNumber target)
    {
        // One that was to leave has kept its promises, and may stay after all.
        var id = Find(Leaving, target) ?? Find(Former, target)?.Next() ?? new ReplicaId(target);
        return this with
        {
            Replicas = [.. Replicas, id.Value],
            Leaving = Without(Leaving, target),
            Former = Without(Former, target),
        };
    }

    /// <summary>Has the replica on <paramref name="source"/> leave, once the others can do without it.</summary>
    internal ChannelPlacement Leave(SiloNumber source) => Find(Replicas, source) is { } id
        ? this with { Replicas = Without(Replicas, source), Leaving = [.. Leaving, id.Value] }
        : this;

    /// <summary>The group has let go of a replica that was to leave.</summary>
    internal ChannelPlacement Settle(ulong replica) => Leaving.Contains(replica)
        ? this with { Leaving = [.. Leaving.Where(id => id != replica)], Former = [.. Former, replica] }
        : this;

    private static ReplicaId? Find(IReadOnlyList<ulong> replicas, SiloNumber silo)
    {
        foreach (var replica in replicas)
        {
            if (new ReplicaId(replica) is var id && id.Silo == silo)
            {
                return id;
            }
        }

        return null;
    }

    private static ulong[] Without(IReadOnlyList<ulong> replicas, SiloNumber silo) =>
        [.. replicas.Where(replica => new ReplicaId(replica).Silo != silo)];
}
