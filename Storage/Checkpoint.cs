using Bayou.Records;
using Bayou.Storage.Checkpoints;
using Bayou.Storage.Journal;

namespace Bayou.Storage;

/// <summary>
/// A checkpoint under way. The journal goes on in a new file; the old ones are given up when <see cref="Complete"/> returns.
/// </summary>
public sealed class Checkpoint
{
    private readonly SiloStore _store;
    private readonly Dictionary<GroupId, DirtyGroup> _dirty;
    private readonly Dictionary<GroupId, CheckpointGroup> _added = [];
    private readonly Lock _gate = new();

    internal Checkpoint(SiloStore store, Dictionary<GroupId, DirtyGroup> dirty, JournalPosition start)
    {
        _store = store;
        _dirty = dirty;
        Start = start;
        DirtyGroups = [.. dirty.Where(pair => !pair.Value.Deleted).Select(pair => pair.Key).Order()];
    }

    /// <summary>Groups written since the last checkpoint or found faulty at the start, in order: each must be given by its owner.</summary>
    public IReadOnlyList<GroupId> DirtyGroups { get; }

    internal JournalPosition Start { get; }

    internal IReadOnlyDictionary<GroupId, DirtyGroup> Dirty => _dirty;

    internal IReadOnlyDictionary<GroupId, CheckpointGroup> Added => _added;

    /// <summary>
    /// Takes a group as it stands. Called by the group's owner, from any thread, when its channel log stands at the applied index.
    /// Entries above the applied index must be appended to the journal again, in order and up to the last one, before
    /// <see cref="Complete"/>; that needs no waiting, the journal keeps the order. So must a snapshot that was appended and that the
    /// state does not contain yet.
    /// </summary>
    public void Add(GroupCheckpoint group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var manifest = _store.ManifestOf(group.Group);
        lock (_gate)
        {
            if (!_dirty.ContainsKey(group.Group))
            {
                throw new ArgumentException($"Group {group.Group} has nothing to check in.", nameof(group));
            }

            _added[group.Group] = new CheckpointGroup(group, manifest, RecordBytes: 0);
        }
    }

    /// <summary>
    /// Makes it all durable and gives up the journal before it. <see cref="InvalidOperationException"/>, with nothing changed, when a
    /// dirty group was not added (unless it was deleted meanwhile) or has not journaled its unapplied entries again.
    /// Blocks on the disk.
    /// </summary>
    public void Complete() => _store.Complete(this);
}
