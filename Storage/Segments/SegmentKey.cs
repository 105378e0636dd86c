using System.Globalization;
using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>Names a segment file; with a first sequence of 0, which no message has, the folder of a channel.</summary>
internal readonly record struct SegmentKey(GroupId Group, ulong First)
{
    public const string RootFolder = "seg";
    private const string Suffix = ".seg";

    public string Path => $"{FolderOf(Group)}/{Name}";

    /// <summary>Where the bytes of a segment are gathered before they take its place.</summary>
    public string StagedPath => $"{StagedFolderOf(Group)}/{Name}";

    public string Name => $"{First:x16}{Suffix}";

    public bool IsFolder => First == 0;

    /// <summary>Ties a frame's checksum to its file.</summary>
    public ulong Seed => (Group.Value * 0xC2B2AE3D27D4EB4F) ^ (First * 0x165667B19E3779F9);

    public static string FolderOf(GroupId group) => $"{RootFolder}/{group.Value:x16}";

    public static string StagedFolderOf(GroupId group) => $"{StagedRoot}/{group.Value:x16}";

    public const string StagedRoot = "import";

    /// <summary>First sequence of the segment in a file of this name; false for files that are no segments.</summary>
    public static bool TryParse(string name, out ulong first)
    {
        first = 0;
        return name.Length == 16 + Suffix.Length
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first)
            && first != 0;
    }
}
