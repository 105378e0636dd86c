using System.Runtime.InteropServices;
using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>The groups of the silo while the journal is read.</summary>
internal sealed class JournalReplay
{
    private readonly SortedDictionary<GroupId, GroupReplay> _groups = [];
    private readonly Dictionary<GroupId, DirtyGroup> _dirty = [];

    /// <summary>All groups in order of their ids.</summary>
    public IEnumerable<KeyValuePair<GroupId, GroupReplay>> Groups => _groups;

    /// <summary>The groups named by the journal since the checkpoint, deleted ones included.</summary>
    public Dictionary<GroupId, DirtyGroup> Dirty
    {
        get
        {
            foreach (var (group, replay) in _groups)
            {
                if (_dirty.ContainsKey(group))
                {
                    _dirty[group] = replay.Dirty;
                }
            }

            return _dirty;
        }
    }

    /// <summary>A group as the checkpoint has it.</summary>
    public void Restore(GroupId group, GroupReplay replay) => _groups.Add(group, replay);

    /// <summary>Applies a record; false when its kind is not known.</summary>
    public bool TryApply(JournalRecordKind kind, GroupId group, in JournalEntry entry)
    {
        ref var dirty = ref CollectionsMarshal.GetValueRefOrAddDefault(_dirty, group, out _);
        switch (kind)
        {
            case JournalRecordKind.Entry:
                Get(group).Add(entry);
                return true;
            case JournalRecordKind.HardState when entry.Data.Length == HardStateBytes:
                var state = entry.Data.Span;
                Get(group).HardState = new StoredHardState(ReadUInt64(state, 0), ReadUInt64(state, 8), ReadUInt64(state, 16));
                return true;
            case JournalRecordKind.GroupCreated:
                _ = Get(group);
                return true;
            case JournalRecordKind.GroupDeleted:
                _groups.Remove(group);
                dirty.Deleted = true;
                return true;
            default:
                return false;
        }
    }

    private GroupReplay Get(GroupId group)
    {
        if (!_groups.TryGetValue(group, out var replay))
        {
            _groups.Add(group, replay = new GroupReplay(group));
        }

        return replay;
    }
}
