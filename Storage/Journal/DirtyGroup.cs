namespace Bayou.Storage.Journal;

/// <summary>What was journaled for a group since a checkpoint began: the lowest index, and the index written last (0 for none).</summary>
internal record struct DirtyGroup(ulong LowestIndex, ulong LastIndex, bool Deleted)
{
    public void Add(JournalWrite write)
    {
        Deleted = (Deleted && !write.GroupCreated) || write.GroupDeleted || write.Quarantine != 0;
        if (write.Snapshot is { } snapshot)
        {
            // It takes the place of the whole log.
            (LowestIndex, LastIndex) = (1, snapshot.Index);
        }

        if (write.Entries.Count > 0)
        {
            var first = write.Entries[0].Index;
            LowestIndex = LowestIndex == 0 ? first : Math.Min(LowestIndex, first);
            LastIndex = write.Entries[^1].Index;
        }
    }
}
