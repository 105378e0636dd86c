namespace Bayou.Storage.Segments;

/// <summary>Which bytes of a file are there: ranges in order that do not touch.</summary>
internal sealed class ByteRanges
{
    private readonly List<(long Start, long End)> _ranges = [];

    public void Add(long start, long end)
    {
        var from = _ranges.FindIndex(range => range.End >= start);
        if (from < 0)
        {
            _ranges.Add((start, end));
            return;
        }

        var to = from;
        for (; to < _ranges.Count && _ranges[to].Start <= end; to++)
        {
            (start, end) = (Math.Min(start, _ranges[to].Start), Math.Max(end, _ranges[to].End));
        }

        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, (start, end));
    }

    /// <summary>Takes out everything from <paramref name="start"/> on.</summary>
    public void RemoveFrom(long start)
    {
        _ranges.RemoveAll(range => range.Start >= start);
        if (_ranges.Count > 0 && _ranges[^1].End > start)
        {
            _ranges[^1] = (_ranges[^1].Start, start);
        }
    }

    /// <summary>What is not there between <paramref name="start"/> and <paramref name="end"/>.</summary>
    public IEnumerable<(long Start, long End)> Gaps(long start, long end)
    {
        foreach (var range in _ranges)
        {
            if (range.Start > start && start < end)
            {
                yield return (start, Math.Min(range.Start, end));
            }

            start = Math.Max(start, range.End);
        }

        if (start < end)
        {
            yield return (start, end);
        }
    }
}
