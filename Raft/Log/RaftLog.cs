namespace Bayou.Raft.Log;

/// <summary>
/// The log as the algorithm sees it: the stable part in <see cref="IRaftStorage"/> and the unstable tail after it.
/// Invariant: Applied &lt;= Applying &lt;= Committed &lt;= LastIndex. All four only grow, except that LastIndex shrinks when a
/// leader's entries replace uncommitted ones.
/// </summary>
internal sealed class RaftLog
{
    private readonly IRaftStorage _storage;
    private readonly ulong _maxApplyingBytes;

    /// <summary>Bytes handed out to be applied and not yet applied.</summary>
    private ulong _applyingBytes;

    /// <summary>Set while there are committed entries that did not fit; entries go on being handed out when some are applied.</summary>
    private bool _isApplyingPaused;

    public RaftLog(IRaftStorage storage, ulong maxApplyingBytes)
    {
        _storage = storage;
        _maxApplyingBytes = maxApplyingBytes;
        Tail = new UnstableTail(storage.LastIndex + 1);
        Committed = Applying = Applied = storage.FirstIndex - 1;
    }

    public UnstableTail Tail { get; }

    /// <summary>The highest entry known to be durable on a quorum.</summary>
    public ulong Committed { get; private set; }

    /// <summary>The highest entry handed out to be applied.</summary>
    public ulong Applying { get; private set; }

    /// <summary>The highest entry that the application says it has applied.</summary>
    public ulong Applied { get; private set; }

    public ulong FirstIndex => Tail.Snapshot is { } snapshot ? snapshot.Index + 1 : _storage.FirstIndex;

    public ulong LastIndex => Tail.LastIndex ?? _storage.LastIndex;

    public ulong LastTerm => TryGetTerm(LastIndex, out var term)
        ? term
        : throw new RaftInvariantException($"The term of the last entry {LastIndex} is missing.");

    public Snapshot? Snapshot => Tail.Snapshot ?? _storage.Snapshot;

    /// <summary>The term of an entry; false if it is compacted or beyond the end.</summary>
    public bool TryGetTerm(ulong index, out ulong term)
    {
        if (Tail.TryGetTerm(index, out term))
        {
            return true;
        }

        return index + 1 >= FirstIndex && index < Tail.Offset && _storage.TryGetTerm(index, out term);
    }

    /// <summary>The term of an entry, or 0 where it is not known.</summary>
    public ulong TermOrZero(ulong index) => TryGetTerm(index, out var term) ? term : 0;

    public bool Matches(ulong index, ulong term) => TryGetTerm(index, out var ours) && ours == term;

    /// <summary>§5.4.1: the later last term wins, then the longer log.</summary>
    public bool IsUpToDate(ulong lastIndex, ulong lastTerm)
    {
        var ourTerm = LastTerm;
        return lastTerm > ourTerm || (lastTerm == ourTerm && lastIndex >= LastIndex);
    }

    /// <summary>
    /// Walks back from <paramref name="index"/> to the last entry whose term is at most <paramref name="term"/>: no entry after it
    /// can match a log in which the term of the entry at that place is <paramref name="term"/>. The term is 0 where it is unknown.
    /// </summary>
    public (ulong Index, ulong Term) FindMatchAtMost(ulong index, ulong term)
    {
        for (; index > 0; index--)
        {
            if (!TryGetTerm(index, out var ours))
            {
                return (index, 0);
            }

            if (ours <= term)
            {
                return (index, ours);
            }
        }

        return (0, 0);
    }

    /// <summary>The first of the entries that the log lacks or contradicts; the number of entries if there is none.</summary>
    public int FindConflict(ReadOnlySpan<Entry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (!Matches(entries[i].Index, entries[i].Term))
            {
                return i;
            }
        }

        return entries.Length;
    }

    /// <summary>Puts entries at their place. Committed entries are never replaced.</summary>
    public TailChange Put(ReadOnlySpan<Entry> entries)
    {
        if (entries[0].Index <= Committed)
        {
            throw new RaftInvariantException($"Entry {entries[0].Index} would replace a committed one; committed is {Committed}.");
        }

        return Tail.Put(entries);
    }

    public void CommitTo(ulong index)
    {
        if (index <= Committed)
        {
            return;
        }

        if (index > LastIndex)
        {
            throw new RaftInvariantException(
                $"Commit index {index} lies beyond the last entry {LastIndex}: the log has lost what was acknowledged.");
        }

        Committed = index;
    }


    public void AppliedTo(ulong index, ulong bytes)
    {
        if (index > Committed || index < Applied)
        {
            throw new RaftInvariantException($"Applied index {index} is not within [{Applied}, {Committed}].");
        }

        Applied = index;
        Applying = Math.Max(Applying, index);
        _applyingBytes -= Math.Min(_applyingBytes, bytes);
        _isApplyingPaused = _applyingBytes >= _maxApplyingBytes;
    }

    /// <summary>Whether there are entries to hand out; unstable ones only where the caller waits for the write first.</summary>
    public bool HasNextCommitted(bool allowUnstable) =>
        !_isApplyingPaused && Tail.Snapshot is null && Applying < LastAppliable(allowUnstable);

    public ReadOnlyMemory<Entry> NextCommitted(bool allowUnstable) =>
        HasNextCommitted(allowUnstable)
            ? Read(Applying + 1, LastAppliable(allowUnstable) + 1, _maxApplyingBytes - _applyingBytes)
            : default;

    /// <summary>The entries up to <paramref name="index"/> were handed out.</summary>
    public void AcceptApplying(ulong index, ulong bytes, bool allowUnstable)
    {
        if (index > Committed)
        {
            throw new RaftInvariantException($"Entry {index} would be applied before it is committed; committed is {Committed}.");
        }

        Applying = index;
        _applyingBytes += bytes;

        // If a page did not take everything, the next one waits until this one is applied.
        _isApplyingPaused = _applyingBytes >= _maxApplyingBytes || index < LastAppliable(allowUnstable);
    }

    public void Restore(Snapshot snapshot)
    {
        Committed = snapshot.Index;
        Tail.Restore(snapshot);
    }

    /// <summary>Entries from <paramref name="low"/> on up to a size, at least one; false if they are compacted.</summary>
    public bool TryRead(ulong low, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        entries = default;
        if (low > LastIndex)
        {
            return true;
        }

        return low >= FirstIndex && TryRead(low, LastIndex + 1, maxBytes, out entries);
    }

    /// <summary>Entries [low, high) up to a size, which must be there.</summary>
    public ReadOnlyMemory<Entry> Read(ulong low, ulong high, ulong maxBytes) =>
        low >= FirstIndex && TryRead(low, high, maxBytes, out var entries)
            ? entries
            : throw new RaftInvariantException($"Entries from {low} on are needed and compacted; the first is {FirstIndex}.");

    private bool TryRead(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries)
    {
        if (low >= Tail.Offset)
        {
            entries = EntryBuffer.Limit(Tail.Slice(low, high), maxBytes);
            return true;
        }

        var stableEnd = Math.Min(high, Tail.Offset);
        if (!_storage.TryGetEntries(low, stableEnd, maxBytes, out entries))
        {
            return false;
        }

        if (high > stableEnd && (ulong)entries.Length == stableEnd - low)
        {
            entries = Join(entries, Tail.Slice(stableEnd, high), maxBytes);
        }

        return true;
    }

    private static ReadOnlyMemory<Entry> Join(ReadOnlyMemory<Entry> stable, ReadOnlyMemory<Entry> unstable, ulong maxBytes)
    {
        var bytes = SizeOf(stable.Span);
        if (bytes + unstable.Span[0].SizeBytes > maxBytes)
        {
            return stable;
        }

        unstable = EntryBuffer.Limit(unstable, maxBytes - bytes);
        var joined = new Entry[stable.Length + unstable.Length];
        stable.CopyTo(joined);
        unstable.CopyTo(joined.AsMemory(stable.Length));
        return joined;
    }

    public static ulong SizeOf(ReadOnlySpan<Entry> entries)
    {
        var total = 0ul;
        foreach (ref readonly var entry in entries)
        {
            total += entry.SizeBytes;
        }

        return total;
    }

    public static ulong DataBytesOf(ReadOnlySpan<Entry> entries)
    {
        var total = 0ul;
        foreach (ref readonly var entry in entries)
        {
            total += (ulong)entry.Data.Length;
        }

        return total;
    }

    private ulong LastAppliable(bool allowUnstable) => allowUnstable ? Committed : Math.Min(Committed, Tail.Offset - 1);
}
