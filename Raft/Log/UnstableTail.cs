namespace Bayou.Raft.Log;

/// <summary>
/// The end of the log that is not known to be durable: an optional snapshot, then entries from <see cref="Offset"/> on.
/// Entries before <see cref="OffsetInProgress"/> are being written; an answer for them frees them unless they were replaced meanwhile.
/// Invariant: Offset &lt;= OffsetInProgress &lt;= Offset + number of entries.
/// </summary>
internal sealed class UnstableTail(ulong offset)
{
    private readonly EntryBuffer _entries = new();
    private bool _isSnapshotInProgress;

    public ulong Offset { get; private set; } = offset;

    public ulong OffsetInProgress { get; private set; } = offset;

    public Snapshot? Snapshot { get; private set; }

    public int Count => _entries.Count;

    public ulong End => Offset + (ulong)_entries.Count;

    /// <summary>The snapshot that nobody has begun to write.</summary>
    public Snapshot? NextSnapshot => _isSnapshotInProgress ? null : Snapshot;

    /// <summary>The entries that nobody has begun to write.</summary>
    public ReadOnlyMemory<Entry> NextEntries => Slice(OffsetInProgress, End);

    public bool HasNextEntries => OffsetInProgress < End;

    public ulong? LastIndex => Count > 0 ? End - 1 : Snapshot?.Index;

    public bool TryGetTerm(ulong index, out ulong term)
    {
        term = 0;
        if (index >= Offset && index < End)
        {
            term = _entries[(int)(index - Offset)].Term;
            return true;
        }

        if (Snapshot is { } snapshot && snapshot.Index == index && index < Offset)
        {
            term = snapshot.Term;
            return true;
        }

        return false;
    }

    public ReadOnlyMemory<Entry> Slice(ulong low, ulong high)
    {
        if (low < Offset || high > End || low > high)
        {
            throw new RaftInvariantException($"[{low}, {high}) is not within the unstable entries [{Offset}, {End}).");
        }

        return _entries.Slice((int)(low - Offset), (int)(high - low));
    }

    public void Reserve(int count) => _entries.Reserve(count);

    public void Add(in Entry entry) => _entries.Add(entry);

    /// <summary>Puts the entries in place, dropping what they contradict.</summary>
    public TailChange Put(ReadOnlySpan<Entry> entries)
    {
        var first = entries[0].Index;
        if (first > End)
        {
            throw new RaftInvariantException($"Entry {first} would leave a gap after {End - 1}.");
        }

        TailChange change;
        if (first == End)
        {
            change = TailChange.Appended;
        }
        else if (first <= Offset)
        {
            change = TailChange.Replaced;
            _entries.Clear();
            Offset = first;
            OffsetInProgress = first;
        }
        else
        {
            change = TailChange.Truncated;
            _entries.KeepFirst((int)(first - Offset));
            OffsetInProgress = Math.Min(OffsetInProgress, first);
        }

        _entries.Add(entries);
        return change;
    }

    public void Restore(Snapshot snapshot)
    {
        Snapshot = snapshot;
        _isSnapshotInProgress = false;
        _entries.Clear();
        Offset = snapshot.Index + 1;
        OffsetInProgress = Offset;
    }

    /// <summary>Everything has been handed out for writing.</summary>
    public void AcceptInProgress()
    {
        OffsetInProgress = End;
        _isSnapshotInProgress = Snapshot is not null;
    }

    /// <summary>Entries up to <paramref name="index"/>, which must be in the tail, are durable.</summary>
    public void Stabilize(ulong index)
    {
        _entries.DropFirst((int)(index + 1 - Offset));
        Offset = index + 1;
        OffsetInProgress = Math.Max(OffsetInProgress, Offset);
    }

    public void StabilizeSnapshot(ulong index)
    {
        if (Snapshot?.Index == index)
        {
            Snapshot = null;
            _isSnapshotInProgress = false;
        }
    }
}
