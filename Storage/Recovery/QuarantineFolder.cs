using System.Globalization;
using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Recovery;

/// <summary>
/// <c>quarantine/&lt;group&gt;-&lt;n&gt;</c> holds the segments of a replica that could not be trusted any more, <c>quarantine/</c> itself
/// damaged journal files that are not needed any more: kept for whoever wants to know why. The store never looks into it again.
/// </summary>
internal static class QuarantineFolder
{
    private const string Root = "quarantine";

    /// <summary>A number that the group has not used.</summary>
    public static uint NextNumber(IDisk disk, GroupId group)
    {
        var prefix = $"{group.Value:x16}-";
        return disk.List(Root)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => uint.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Append(0U)
            .Max() + 1;
    }

    /// <summary>Moves the segments that are still in the group's folder; done again after a crash, it moves the rest.</summary>
    public static void Move(IDisk disk, GroupId group, uint number)
    {
        var folder = $"{Root}/{group.Value:x16}-{number}";
        disk.CreateDirectory(Root);
        disk.CreateDirectory(folder);
        foreach (var name in disk.List(SegmentKey.FolderOf(group)))
        {
            if (SegmentKey.TryParse(name, out var first))
            {
                disk.Rename(new SegmentKey(group, first).Path, $"{folder}/{name}");
            }
        }

        disk.SyncDirectory(folder);
        disk.SyncDirectory(Root);
        disk.DeleteEmptyDirectory(SegmentKey.FolderOf(group));
        disk.SyncDirectory(SegmentKey.RootFolder);
    }

    /// <summary>Moves one file.</summary>
    public static void Move(IDisk disk, string path)
    {
        disk.CreateDirectory(Root);
        disk.Rename(path, $"{Root}/{path[(path.LastIndexOf('/') + 1)..]}");
        disk.SyncDirectory(Root);
    }
}
