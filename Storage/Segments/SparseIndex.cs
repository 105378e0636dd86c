using System.Runtime.InteropServices;

namespace Bayou.Storage.Segments;

/// <summary>Every 16 KiB of a segment: sequence, time and offset of a batch. It knows the segment from <see cref="From"/> on.</summary>
internal sealed class SparseIndex(long from)
{
    private readonly List<SparseIndexEntry> _entries = [];

    /// <summary>Offset of the first frame it covers.</summary>
    public long From { get; private set; } = from;

    public ReadOnlySpan<SparseIndexEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>
    /// Notes a frame if it is the first that begins in its 16 KiB of the file: a rule that gives the same index wherever the
    /// looking began.
    /// </summary>
    public void Add(ulong sequence, long timestamp, long offset)
    {
        if (_entries.Count == 0 || offset / SegmentLayout.IndexSpacingBytes > _entries[^1].Offset / SegmentLayout.IndexSpacingBytes)
        {
            _entries.Add(new SparseIndexEntry(sequence, timestamp, offset));
        }
    }

    /// <summary>Adopts an entry as it stands.</summary>
    public void Restore(SparseIndexEntry entry) => _entries.Add(entry);

    /// <summary>Puts what an index of the beginning knows before this one's entries.</summary>
    public void Prepend(SparseIndex beginning)
    {
        var later = _entries.ToArray();
        _entries.Clear();
        _entries.AddRange(beginning._entries);
        foreach (var entry in later)
        {
            Add(entry.Sequence, entry.Timestamp, entry.Offset);
        }

        From = beginning.From;
    }

    /// <summary>Offset of the last noted frame at or before <paramref name="sequence"/>.</summary>
    public long OffsetOf(ulong sequence)
    {
        var (low, high) = (0, _entries.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _entries[middle].Sequence <= sequence ? (middle, high) : (low, middle - 1);
        }

        return _entries.Count == 0 ? From : _entries[low].Offset;
    }

    /// <summary>Sequence of the last noted frame that is older than <paramref name="timestamp"/>, or of the first noted; 0 where none is.</summary>
    public ulong SequenceBefore(long timestamp)
    {
        var (low, high) = (0, _entries.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _entries[middle].Timestamp < timestamp ? (middle, high) : (low, middle - 1);
        }

        return _entries.Count == 0 ? 0 : _entries[low].Sequence;
    }
}
