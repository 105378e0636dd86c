using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Administration;

/// <summary>What a silo knows of its cluster: the metadata, who lives, and what those who answered say of their replicas.</summary>
internal sealed record ClusterKnowledge(
    SiloNumber Own,
    MetadataStateMachine Metadata,
    Func<SiloNumber, SiloState> StateOf,
    IReadOnlyDictionary<SiloNumber, IReadOnlyList<ReplicaFigures>> Answers)
{
    public string NameOf(SiloNumber silo) => Metadata.Silos.All.TryGetValue(silo, out var entry) ? entry.Identity.Name : $"silo {silo}";

    public bool IsAlive(SiloNumber silo) => StateOf(silo) == SiloState.Alive;

    /// <summary>More than half of these voters live; true of nobody, too.</summary>
    public bool HasMajority(IReadOnlyCollection<ulong> voters) =>
        voters.Count == 0 || voters.Count(voter => IsAlive(new ReplicaId(voter).Silo)) > voters.Count / 2;
}
