using Bayou.Records;
using Bayou.Storage.Checkpoints;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>The groups of the silo while the journal is read.</summary>
internal sealed class JournalReplay
{
    private readonly SortedDictionary<GroupId, GroupReplay> _groups = [];
    private readonly SortedSet<GroupId> _touched = [];
    private readonly SortedSet<GroupId> _replaced = [];
    private readonly SortedDictionary<GroupId, uint> _quarantined = [];

    /// <summary>All groups in order of their ids.</summary>
    public IEnumerable<KeyValuePair<GroupId, GroupReplay>> Groups => _groups;

    /// <summary>The groups named by the journal since the checkpoint, deleted ones included.</summary>
    public Dictionary<GroupId, DirtyGroup> Dirty => _touched.ToDictionary(
        group => group, group => _groups.TryGetValue(group, out var replay) ? replay.Dirty : default(DirtyGroup) with { Deleted = true });

    /// <summary>Groups whose messages are not those of the checkpoint any more: of its files some may have to go.</summary>
    public IReadOnlyCollection<GroupId> Replaced => _replaced;

    /// <summary>Groups whose files belong into the quarantine of this number.</summary>
    public IReadOnlyDictionary<GroupId, uint> Quarantined => _quarantined;

    /// <summary>Writes are lost, and nobody knows of which groups.</summary>
    public bool HasLostUnknown { get; private set; }

    /// <summary>Whether the journal told of a loss in a group of <see cref="Groups"/> that was not known when it was written.</summary>
    public bool HasNewFault(GroupId group) => _groups[group].HasNewFault;

    /// <summary>A group as the checkpoint has it.</summary>
    public void Restore(CheckpointGroup stored) => _groups.Add(stored.Group.Group, new GroupReplay(stored));

    /// <summary>Applies a record; false when its kind is not known.</summary>
    public bool TryApply(JournalRecordKind kind, GroupId group, in JournalEntry entry)
    {
        _touched.Add(group);
        switch (kind)
        {
            case JournalRecordKind.Entry:
                Get(group).Add(entry);
                return true;
            case JournalRecordKind.HardState when entry.Data.Length == HardStateBytes:
                var state = entry.Data.Span;
                Get(group).Set(new StoredHardState(ReadUInt64(state, 0), ReadUInt64(state, 8), ReadUInt64(state, 16)));
                return true;
            case JournalRecordKind.GroupCreated:
                _ = Get(group, isCreated: true);
                return true;
            case JournalRecordKind.Snapshot when StoredSnapshot.TryRead(entry.Index, entry.Term, entry.Data, out var snapshot):
                Get(group).Install(snapshot!);
                _replaced.Add(group);
                return true;
            case JournalRecordKind.Fault when entry.Data.Length == FaultCodec.Bytes && FaultCodec.Read(entry.Data.Span) is { } fault:
                Get(group).Carry(fault);
                return true;
            case JournalRecordKind.GroupDeleted:
                Remove(group);
                return true;
            case JournalRecordKind.GroupQuarantined:
                Remove(group);
                _quarantined[group] = (uint)entry.Index;
                return true;
            default:
                return false;
        }
    }

    /// <summary>A write is lost, and the directory of its batch names it.</summary>
    public void Lose(in DirectoryEntry write)
    {
        _touched.Add(write.Group);
        if (write.Has(JournalRecordKind.GroupDeleted))
        {
            Remove(write.Group);
        }
        else if (write.Has(JournalRecordKind.GroupQuarantined))
        {
            Remove(write.Group);
            _quarantined[write.Group] = (uint)write.LastIndex;
        }
        else
        {
            Get(write.Group, write.Has(JournalRecordKind.GroupCreated)).Lose(write);
        }
    }

    /// <summary>Writes of unknown groups are lost: every group may have had more, and there may have been more groups.</summary>
    public void LoseUnknown()
    {
        HasLostUnknown = true;
        foreach (var (group, replay) in _groups)
        {
            replay.LoseUnknown();
            _touched.Add(group);
        }
    }

    private GroupReplay Get(GroupId group, bool isCreated = false)
    {
        if (!_groups.TryGetValue(group, out var replay))
        {
            _groups.Add(group, replay = new GroupReplay(group));
            _quarantined.Remove(group);
            if (HasLostUnknown && !isCreated)
            {
                // Its beginning was in what is lost.
                replay.LoseUnknown();
            }
        }

        return replay;
    }

    private void Remove(GroupId group)
    {
        _groups.Remove(group);
        _replaced.Add(group);
        _quarantined.Remove(group);
    }
}
