using Bayou.Records;

namespace Bayou.Storage;

/// <summary>
/// What one group wants to have on disk, all or nothing. Its owner fills it, appends it, and may fill it again once
/// <see cref="Completed"/> was called.
/// </summary>
public sealed class JournalWrite
{
    public GroupId Group { get; set; }

    /// <summary>The first write of a group on this silo.</summary>
    public bool GroupCreated { get; set; }

    /// <summary>The last write of a group on this silo.</summary>
    public bool GroupDeleted { get; set; }

    public StoredHardState? HardState { get; set; }

    /// <summary>
    /// What replaces all that the group had, before <see cref="Entries"/> are added. The channel's segments must be in place: see
    /// <see cref="SegmentImport.Complete"/>.
    /// </summary>
    public StoredSnapshot? Snapshot { get; set; }

    /// <summary>Entries in order, without gaps.</summary>
    public List<JournalEntry> Entries { get; } = [];

    /// <summary>Called on the writer's thread after the sync that covers this write. It must be short and must not throw.</summary>
    public Action<JournalWrite>? Completed { get; set; }

    /// <summary>For the owner.</summary>
    public object? State { get; set; }

    internal JournalWrite? Next { get; set; }

    internal Journal.JournalCommand Command { get; init; }

    internal int EncodedBytes { get; set; }

    internal byte[] EncodedSnapshot { get; set; } = [];

    /// <summary>The last write of a group whose files are moved to the quarantine of this number; 0 for any other.</summary>
    internal uint Quarantine { get; init; }

    internal GroupFault? Fault { get; init; }

    /// <summary>Empties the write for its next use; group, callback and state stay.</summary>
    public void Clear()
    {
        GroupCreated = false;
        GroupDeleted = false;
        HardState = null;
        Snapshot = null;
        EncodedSnapshot = [];
        Entries.Clear();
    }
}
