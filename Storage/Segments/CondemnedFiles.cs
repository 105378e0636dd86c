namespace Bayou.Storage.Segments;

/// <summary>
/// Files whose removal was decided by a trim or a deletion, and which the last checkpoint may still name. They are removed once
/// a checkpoint without them is durable.
/// </summary>
internal sealed class CondemnedFiles(IDisk disk)
{
    private readonly Lock _gate = new();
    private readonly List<SegmentKey> _keys = [];

    public void Add(SegmentKey key)
    {
        lock (_gate)
        {
            _keys.Add(key);
        }
    }

    /// <summary>All so far, oldest first.</summary>
    public SegmentKey[] ToArray()
    {
        lock (_gate)
        {
            return [.. _keys];
        }
    }

    /// <summary>Removes files, and their names from the list.</summary>
    public void Remove(IReadOnlyList<SegmentKey> keys)
    {
        foreach (var key in keys)
        {
            if (key.IsFolder)
            {
                disk.DeleteEmptyDirectory(SegmentInfo.FolderOf(key.Group));
            }
            else
            {
                disk.Delete(key.Path);
            }
        }

        var removed = keys.ToHashSet();
        lock (_gate)
        {
            _keys.RemoveAll(removed.Contains);
        }
    }
}
