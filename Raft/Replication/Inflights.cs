namespace Bayou.Raft.Replication;

/// <summary>
/// The window of appends that were sent and not yet answered, as a ring that grows up to the limit. Each append is known by the
/// index of its last entry, and an answer for an index frees everything up to it.
/// </summary>
internal sealed class Inflights(int maxMessages, ulong maxBytes)
{
    private (ulong LastIndex, ulong Bytes)[] _ring = [];
    private int _start;
    private ulong _bytes;

    public int Count { get; private set; }

    /// <summary>Full by number, or by bytes; one message more than the bytes allow is let through so that a large one passes.</summary>
    public bool IsFull => Count == maxMessages || (maxBytes != 0 && _bytes >= maxBytes);

    public void Add(ulong lastIndex, ulong bytes)
    {
        if (IsFull)
        {
            throw new RaftInvariantException($"The append up to {lastIndex} was sent into a full window of {Count} messages.");
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) % _ring.Length] = (lastIndex, bytes);
        Count++;
        _bytes += bytes;
    }

    public void FreeUpTo(ulong index)
    {
        while (Count > 0 && _ring[_start].LastIndex <= index)
        {
            _bytes -= _ring[_start].Bytes;
            _start = (_start + 1) % _ring.Length;
            Count--;
        }
    }

    public void Clear()
    {
        _start = 0;
        Count = 0;
        _bytes = 0;
    }

    private void Grow()
    {
        var larger = new (ulong, ulong)[Math.Min(maxMessages, Math.Max(4, _ring.Length * 2))];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_start + i) % _ring.Length];
        }

        _ring = larger;
        _start = 0;
    }
}
