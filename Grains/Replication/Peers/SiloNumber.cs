using System.Globalization;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// A silo within its cluster, as the metadata group has numbered it; 0 for none yet. A data directory that was lost takes its
/// number with it: the silo that comes back in its place has a new one.
/// </summary>
internal readonly record struct SiloNumber(ulong Value) : IComparable<SiloNumber>
{
    /// <summary>Nobody: a silo that belongs to no cluster yet.</summary>
    public static readonly SiloNumber None;

    public int CompareTo(SiloNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
