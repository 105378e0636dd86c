using System.Globalization;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// A replica of a group as consensus knows it: the silo it lies on, and how often that silo had to begin anew. What a replica
/// promised and then lost is never promised again under the same id.
/// </summary>
internal readonly record struct ReplicaId
{
    private const int IncarnationBits = 16;

    /// <summary>An id as it stands in a membership.</summary>
    public ReplicaId(ulong value) => Value = value;

    /// <summary>The replica of a silo; incarnations count from 0.</summary>
    public ReplicaId(SiloNumber silo, ushort incarnation = 0) => Value = (silo.Value << IncarnationBits) | incarnation;

    public ulong Value { get; }

    public SiloNumber Silo => new(Value >> IncarnationBits);

    public ushort Incarnation => (ushort)Value;

    /// <summary>The id under which the silo begins anew.</summary>
    public ReplicaId Next() => new(Silo, checked((ushort)(Incarnation + 1)));

    public override string ToString() =>
        Incarnation == 0 ? Silo.ToString() : string.Create(CultureInfo.InvariantCulture, $"{Silo}.{Incarnation}");
}
