using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Replication.Formation;

/// <summary>What a silo does next to belong to a cluster.</summary>
internal abstract record FormationStep
{
    public static readonly FormationStep Wait = new Waiting();

    /// <summary>Begin, or take up, a cluster of these founders, numbered from 1 in this order.</summary>
    internal sealed record Found(Guid Cluster, IReadOnlyList<PeerIdentity> Founders) : FormationStep;

    /// <summary>The cluster has taken this silo in; these belong to it.</summary>
    internal sealed record Join(Guid Cluster, SiloNumber Number, IReadOnlyDictionary<SiloNumber, PeerIdentity> Silos) : FormationStep;

    /// <summary>The configurations of the founders exclude each other.</summary>
    internal sealed record Contradicted(string Reason) : FormationStep;

    /// <summary>This silo's data belong to a cluster that they do not know the metadata of, and that none of its peers belongs to.</summary>
    internal sealed record Orphaned(string Reason) : FormationStep;

    private sealed record Waiting : FormationStep;
}
