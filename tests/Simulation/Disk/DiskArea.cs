using System.Globalization;
using Bayou.Records;

namespace Bayou.Simulation.Disk;

/// <summary>
/// Part of a silo's data that is damaged and mended as one. Segments count one by one, since each can be fetched from another replica;
/// journal, checkpoint and identity count together, since losing one of them can cost the silo everything.
/// </summary>
public readonly record struct DiskArea(GroupId? Group, ulong Segment)
{
    public static readonly DiskArea Control = new(null, 0);

    public bool IsControl => Group is null;

    public static DiskArea Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Split('/') is ["seg", var group, var name] && name.EndsWith(".seg", StringComparison.Ordinal)
            && ulong.TryParse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            && ulong.TryParse(name.AsSpan(0, name.Length - 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var first)
            ? new DiskArea(new GroupId(number), first)
            : Control;
    }

    public override string ToString() => Group is { } group ? $"segment {Segment} of group {group}" : "journal, checkpoint and identity";
}
