namespace Bayou.Checker;

/// <summary>A set of sequences kept as ranges: small where sequences come roughly in order.</summary>
internal sealed class IntervalSet
{
    private readonly List<(ulong First, ulong Last)> _ranges = [];

    public bool Contains(ulong sequence)
    {
        var at = Find(sequence);
        return at >= 0 && _ranges[at].Last >= sequence;
    }

    /// <summary>False if it was there already.</summary>
    public bool Add(ulong sequence)
    {
        var at = Find(sequence);
        if (at >= 0 && _ranges[at].Last >= sequence)
        {
            return false;
        }

        var joinsBefore = at >= 0 && _ranges[at].Last + 1 == sequence;
        var joinsAfter = at + 1 < _ranges.Count && _ranges[at + 1].First == sequence + 1;
        if (joinsBefore && joinsAfter)
        {
            _ranges[at] = (_ranges[at].First, _ranges[at + 1].Last);
            _ranges.RemoveAt(at + 1);
        }
        else if (joinsBefore)
        {
            _ranges[at] = (_ranges[at].First, sequence);
        }
        else if (joinsAfter)
        {
            _ranges[at + 1] = (sequence, _ranges[at + 1].Last);
        }
        else
        {
            _ranges.Insert(at + 1, (sequence, sequence));
        }

        return true;
    }

    /// <summary>Ranges between <paramref name="first"/> and <paramref name="last"/> that are not in the set.</summary>
    public IEnumerable<(ulong First, ulong Last)> Missing(ulong first, ulong last)
    {
        foreach (var range in _ranges)
        {
            if (range.Last < first)
            {
                continue;
            }

            if (range.First > last)
            {
                break;
            }

            if (range.First > first)
            {
                yield return (first, range.First - 1);
            }

            first = range.Last + 1;
        }

        if (first <= last)
        {
            yield return (first, last);
        }
    }

    /// <summary>The last range that begins at or before a sequence; -1 for none.</summary>
    private int Find(ulong sequence)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ranges[middle].First <= sequence ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
