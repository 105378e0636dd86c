namespace Bayou.Raft;

/// <summary>
/// A run of entries whose slices may be handed out for good: a slot is written once and never again. Dropping the suffix therefore
/// copies what stays, and dropping the prefix only moves the start until more than half of the array is dead.
/// </summary>
internal sealed class EntryBuffer
{
    private const int SmallestArray = 4;

    private Entry[] _items = [];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public ref readonly Entry this[int position] => ref _items.AsSpan(_start, Count)[position];

    public ReadOnlyMemory<Entry> Slice(int position, int count) => new ReadOnlyMemory<Entry>(_items, _start, Count).Slice(position, count);

    public void Reserve(int additional)
    {
        if (_items.Length - _end < additional)
        {
            MoveTo(Math.Max(SmallestArray, Count + Math.Max(additional, Count)));
        }
    }

    public void Add(in Entry entry)
    {
        Reserve(1);
        _items[_end++] = entry;
    }

    public void Add(ReadOnlySpan<Entry> entries)
    {
        Reserve(entries.Length);
        entries.CopyTo(_items.AsSpan(_end));
        _end += entries.Length;
    }

    /// <summary>Keeps the first <paramref name="count"/> entries.</summary>
    public void KeepFirst(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        if (count < Count)
        {
            _end = _start + count;
            MoveTo(count);
        }
    }

    /// <summary>Drops the first <paramref name="count"/> entries.</summary>
    public void DropFirst(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _start += count;
        if (Count == 0)
        {
            Clear();
        }
        else if (_start > _items.Length / 2)
        {
            // The dead half holds on to data; leave room, since entries that come next would move everything again.
            MoveTo(Count + (Count / 2));
        }
    }

    public void Clear()
    {
        _items = [];
        _start = 0;
        _end = 0;
    }

    /// <summary>How many entries from <paramref name="entries"/>' start fit into <paramref name="maxBytes"/>, at least one.</summary>
    public static ReadOnlyMemory<Entry> Limit(ReadOnlyMemory<Entry> entries, ulong maxBytes)
    {
        if (entries.IsEmpty || maxBytes == ulong.MaxValue)
        {
            return entries;
        }

        var span = entries.Span;
        var total = span[0].SizeBytes;
        var count = 1;
        while (count < span.Length && (total += span[count].SizeBytes) <= maxBytes)
        {
            count++;
        }

        return entries[..count];
    }

    private void MoveTo(int capacity)
    {
        var live = _items.AsSpan(_start, Count);
        var target = capacity == 0 ? [] : new Entry[capacity];
        live.CopyTo(target);
        _end = live.Length;
        _start = 0;
        _items = target;
    }
}
