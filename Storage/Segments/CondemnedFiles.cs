using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>
/// Files whose removal was decided by a trim or a deletion, and which the last checkpoint may still name. They are removed once
/// a checkpoint without them is durable.
/// </summary>
internal sealed class CondemnedFiles(IDisk disk)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<SegmentKey> _keys = new(Comparer<SegmentKey>.Create(Compare));

    public void Add(SegmentKey key)
    {
        lock (_gate)
        {
            _keys.Add(key);
        }
    }

    /// <summary>A new file takes the name of a condemned one and must not go in its stead.</summary>
    public void Pardon(SegmentKey key)
    {
        lock (_gate)
        {
            _keys.Remove(key);
            _keys.Remove(key with { First = 0 });
        }
    }

    /// <summary>The files of a group have been moved away.</summary>
    public void Pardon(GroupId group)
    {
        lock (_gate)
        {
            _keys.RemoveWhere(key => key.Group == group);
        }
    }

    /// <summary>All so far, by group, each group's folder last.</summary>
    public SegmentKey[] ToArray()
    {
        lock (_gate)
        {
            return [.. _keys];
        }
    }

    /// <summary>Removes files, but for those pardoned meanwhile.</summary>
    public void Remove(IReadOnlyList<SegmentKey> keys)
    {
        foreach (var key in keys)
        {
            lock (_gate)
            {
                if (!_keys.Remove(key))
                {
                    continue;
                }

                if (key.IsFolder)
                {
                    disk.DeleteEmptyDirectory(SegmentKey.FolderOf(key.Group));
                }
                else
                {
                    disk.Delete(key.Path);
                }
            }
        }
    }

    private static int Compare(SegmentKey one, SegmentKey other)
    {
        var byGroup = one.Group.CompareTo(other.Group);

        // Minus one puts the folder, whose first sequence is 0, behind all files.
        return byGroup != 0 ? byGroup : unchecked(one.First - 1).CompareTo(unchecked(other.First - 1));
    }
}
