namespace Bayou.Storage.Segments;

/// <summary>The newest batches of a channel, oldest first. Guarded by the channel's lock.</summary>
internal sealed class TailRing
{
    private const int SmallestRing = 4;

    private TailBatch[] _ring = [];
    private int _head;

    public int Count { get; private set; }

    public TailBatch this[int index] => _ring[(_head + index) & (_ring.Length - 1)];

    public void Add(in TailBatch batch)
    {
        if (Count == _ring.Length)
        {
            var larger = new TailBatch[Math.Max(SmallestRing, _ring.Length * 2)];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            _ring = larger;
            _head = 0;
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = batch;
        Count++;
    }

    public TailBatch RemoveOldest()
    {
        var batch = this[0];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        if (--Count == 0)
        {
            // Thousands of idle channels must not keep the rings of their busy days.
            _ring = [];
            _head = 0;
        }

        return batch;
    }

    /// <summary>Index of the first batch that ends at or after <paramref name="sequence"/>.</summary>
    public int IndexOf(ulong sequence)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = this[middle].Batch.LastSequence < sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
