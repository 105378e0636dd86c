using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>One segment as a checkpoint names it. Its length counts header and frames, not the footer.</summary>
internal readonly record struct SegmentInfo(
    ulong First, ulong Last, long FirstTimestamp, long LastTimestamp, ulong LastLogIndex, long Length, bool IsSealed)
{
    public static string FolderOf(GroupId group) => $"seg/{group.Value:x16}";

    public static bool TryParse(string name, out ulong first)
    {
        first = 0;
        return name.Length == 20
            && name.EndsWith(".seg", StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 16), System.Globalization.NumberStyles.AllowHexSpecifier, null, out first)
            && first != 0;
    }

    public static string PathOf(GroupId group, ulong first) => $"seg/{group.Value:x16}/{first:x16}.seg";
}
