using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// A set of sequences as sorted ranges that neither touch nor overlap. What a subscription has in flight is a few ranges
/// however many messages they span.
/// </summary>
public sealed class RangeSet
{
    private readonly List<SequenceRange> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public IReadOnlyList<SequenceRange> Ranges => _ranges;

    /// <summary>Number of sequences in the set.</summary>
    public ulong Count
    {
        get
        {
            var count = 0UL;
            foreach (var range in _ranges)
            {
                count += range.Last - range.First + 1;
            }

            return count;
        }
    }

    public void Add(SequenceRange range)
    {
        if (range.First > range.Last)
        {
            return;
        }

        var start = FirstEndingAtOrAfter(range.First == 0 ? 0 : range.First - 1);
        var end = start;
        var (first, last) = (range.First, range.Last);
        while (end < _ranges.Count && _ranges[end].First <= (last == ulong.MaxValue ? last : last + 1))
        {
            first = Math.Min(first, _ranges[end].First);
            last = Math.Max(last, _ranges[end].Last);
            end++;
        }

        _ranges.RemoveRange(start, end - start);
        _ranges.Insert(start, new(first, last));
    }

    public void Remove(SequenceRange range)
    {
        if (range.First > range.Last)
        {
            return;
        }

        var start = FirstEndingAtOrAfter(range.First);
        var end = start;
        while (end < _ranges.Count && _ranges[end].First <= range.Last)
        {
            end++;
        }

        if (start == end)
        {
            return;
        }

        var head = _ranges[start];
        var tail = _ranges[end - 1];
        _ranges.RemoveRange(start, end - start);
        if (tail.Last > range.Last)
        {
            _ranges.Insert(start, new(range.Last + 1, tail.Last));
        }

        if (head.First < range.First)
        {
            _ranges.Insert(start, new(head.First, range.First - 1));
        }
    }

    public bool Contains(ulong sequence)
    {
        var index = FirstEndingAtOrAfter(sequence);
        return index < _ranges.Count && _ranges[index].First <= sequence;
    }

    public void Clear() => _ranges.Clear();

    private int FirstEndingAtOrAfter(ulong sequence)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].Last < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
