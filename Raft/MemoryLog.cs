namespace Bayou.Raft;

/// <summary>
/// The durable entries of one replica, kept in memory. Whoever writes the journal appends here after the journal is synced and
/// before it delivers the responses of that write; then the core never reads what is not durable.
/// </summary>
public sealed class MemoryLog : IRaftStorage
{
    private readonly EntryBuffer _entries = new();
    private HardState _hardState;
    private ConfState _confState;
    private Snapshot? _snapshot;

    /// <summary>Position of the entry before the first: all before it and itself are compacted.</summary>
    private ulong _compactedIndex;
    private ulong _compactedTerm;

    /// <summary>An untouched log whose members are <paramref name="confState"/>; without it, of a replica that waits to be told.</summary>
    public MemoryLog(ConfState? confState = null) => _confState = confState ?? ConfState.Empty;

    /// <summary>A log as recovered: everything up to <paramref name="compactedIndex"/> is no longer held as entries.</summary>
    public MemoryLog(HardState hardState, ConfState confState, ulong compactedIndex, ulong compactedTerm)
    {
        _hardState = hardState;
        _confState = confState;
        _compactedIndex = compactedIndex;
        _compactedTerm = compactedTerm;
    }

    /// <inheritdoc />
    public RaftInitialState InitialState => new(_hardState, _confState);

    /// <inheritdoc />
    public ulong FirstIndex => _compactedIndex + 1;

    /// <inheritdoc />
    public ulong LastIndex => _compactedIndex + (ulong)_entries.Count;

    /// <inheritdoc />
    public Snapshot? Snapshot => _snapshot;

    /// <inheritdoc />
    public bool TryGetTerm(ulong index, out ulong term)
    {
        if (index < _compactedIndex || index > LastIndex)
        {
            term = 0;
            return false;
        }

        term = index == _compactedIndex ? _compactedTerm : _entries[PositionOf(index)].Term;
        return true;
    }

    /// <inheritdoc />
    public bool TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        entries = default;
        if (low <= _compactedIndex)
        {
            return false;
        }

        if (high > LastIndex + 1 || low > high)
        {
            throw new RaftInvariantException($"Entries [{low}, {high}) are not in the stable log, which ends at {LastIndex}.");
        }

        entries = EntryBuffer.Limit(_entries.Slice(PositionOf(low), (int)(high - low)), maxBytes);
        return true;
    }

    /// <summary>Replaces the hard state.</summary>
    public void SetHardState(HardState hardState) => _hardState = hardState;

    /// <summary>
    /// Adds durable entries. Where they overlap the log, they replace it from their first index on: a new leader's entries win.
    /// Entries that are compacted already are left out.
    /// </summary>
    /// <exception cref="RaftInvariantException">There would be a gap.</exception>
    public void Append(ReadOnlySpan<Entry> entries)
    {
        if (entries.IsEmpty || entries[^1].Index <= _compactedIndex)
        {
            return;
        }

        var first = entries[0].Index;
        if (first > LastIndex + 1)
        {
            throw new RaftInvariantException($"Entry {first} cannot follow {LastIndex}: there would be a gap in the stable log.");
        }

        if (first <= _compactedIndex)
        {
            entries = entries[(int)(_compactedIndex + 1 - first)..];
            first = _compactedIndex + 1;
        }

        _entries.KeepFirst((int)(first - _compactedIndex - 1));
        _entries.Add(entries);
    }

    /// <summary>
    /// Drops the entries up to and with <paramref name="index"/>, and a snapshot that no longer reaches the first one left. A no-op if they are
    /// gone already.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The index lies past the end.</exception>
    public void Compact(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, LastIndex);
        if (index <= _compactedIndex)
        {
            return;
        }

        _compactedTerm = _entries[PositionOf(index)].Term;
        _entries.DropFirst((int)(index - _compactedIndex));
        _compactedIndex = index;
        if (_snapshot?.Index < index)
        {
            _snapshot = null;
        }
    }

    /// <summary>Remembers a snapshot taken at an applied index, for replicas that fall behind. Entries stay until <see cref="Compact"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in the log, or an equal or newer snapshot exists.</exception>
    public Snapshot CreateSnapshot(ulong index, ConfState confState, ReadOnlyMemory<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, _snapshot?.Index ?? 0);
        if (!TryGetTerm(index, out var term))
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, "A snapshot is taken of an index in the log.");
        }

        _confState = confState;
        return _snapshot = new Snapshot(index, term, confState, data);
    }

    /// <summary>Replaces the whole log by a snapshot received from the leader.</summary>
    /// <returns>False if the log already has a newer one.</returns>
    public bool ApplySnapshot(Snapshot snapshot)
    {
        if (_snapshot is not null && _snapshot.Index >= snapshot.Index)
        {
            return false;
        }

        _snapshot = snapshot;
        _confState = snapshot.ConfState;
        _compactedIndex = snapshot.Index;
        _compactedTerm = snapshot.Term;
        _entries.Clear();
        return true;
    }

    private int PositionOf(ulong index) => (int)(index - _compactedIndex - 1);
}
