namespace Bayou.Records;

/// <summary>
/// Names one replicated log. Group 0 holds the metadata; every channel has a group of its own.
/// It is not the channel's name: on disk and on the wire between silos only the group counts, so that a channel can be renamed
/// or share a group later without a change of format.
/// </summary>
public readonly record struct GroupId(ulong Value) : IComparable<GroupId>
{
    /// <summary>The group that holds the channel directory, the sessions and the cluster's membership.</summary>
    public static readonly GroupId Metadata = new(0);

    public int CompareTo(GroupId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(GroupId left, GroupId right) => left.Value < right.Value;

    public static bool operator >(GroupId left, GroupId right) => left.Value > right.Value;

    public static bool operator <=(GroupId left, GroupId right) => left.Value <= right.Value;

    public static bool operator >=(GroupId left, GroupId right) => left.Value >= right.Value;
}
