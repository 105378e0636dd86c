using Bayou.Records;

namespace Bayou.Storage.Journal;

/// <summary>One group while the journal is read: what the checkpoint knew, then record by record.</summary>
internal sealed class GroupReplay(GroupId group)
{
    private readonly List<JournalEntry> _entries = [];

    public StoredHardState HardState { get; set; }

    public ulong AppliedIndex { get; init; }

    public ulong AppliedTerm { get; init; }

    public ReadOnlyMemory<byte> State { get; init; }

    public DirtyGroup Dirty { get; private set; }

    /// <summary>
    /// Adds an entry in place of all of the same or a higher index. While a checkpoint is taken, an entry may come before those
    /// below it are written anew, so a gap is an error only if it is still there at the end.
    /// </summary>
    public void Add(in JournalEntry entry)
    {
        Dirty = new DirtyGroup(Dirty.LowestIndex == 0 ? entry.Index : Math.Min(Dirty.LowestIndex, entry.Index), entry.Index, Deleted: false);
        if (entry.Index <= AppliedIndex)
        {
            return;
        }

        if (_entries.Count > 0)
        {
            var first = _entries[0].Index;
            var keep = entry.Index < first || entry.Index > _entries[^1].Index + 1 ? 0 : (int)(entry.Index - first);
            _entries.RemoveRange(keep, _entries.Count - keep);
        }

        _entries.Add(entry);
    }

    /// <summary>True when nothing lies between the applied index and the first entry.</summary>
    public bool IsComplete => _entries.Count == 0 || _entries[0].Index == AppliedIndex + 1;

    public RecoveredGroup ToRecovered() => new()
    {
        Group = group,
        HardState = HardState,
        AppliedIndex = AppliedIndex,
        AppliedTerm = AppliedTerm,
        State = State,
        Entries = _entries,
    };
}
