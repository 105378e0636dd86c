using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>Finding the place of a sequence or a time.</summary>
public sealed partial class ChannelLog
{
    /// <summary>The first message that is not older than <paramref name="timestampNanoseconds"/> (Unix time); false when all are.</summary>
    public bool TryFindByTime(long timestampNanoseconds, out ulong sequence)
    {
        sequence = 0;
        if (!TryHintByTime(timestampNanoseconds, out var hint))
        {
            return false;
        }

        using var reader = OpenReader();
        reader.Seek(hint);
        while (reader.TryRead(out var batch))
        {
            if (batch.Timestamp >= timestampNanoseconds)
            {
                sequence = Math.Max(batch.BaseSequence, FirstSequence);
                return true;
            }
        }

        return false;
    }

    private int SegmentOf(ulong sequence)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _segments[middle].Last < sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>
    /// The index of a segment that is not sealed, completed from the file after a restart. What lies behind damage is not in it: a
    /// reader who wants that is led to the damage.
    /// </summary>
    private SparseIndex WholeIndex(ChannelSegment segment)
    {
        segment.Index ??= new SparseIndex(segment.Length);
        if (segment.Index.From > SegmentLayout.HeaderBytes)
        {
            var walk = new SegmentWalk(segment.Key, _services.Files.Read, _services.Options.ReadChunkBytes);
            if (!walk.Advance(segment.Index.From))
            {
                Mark(segment, walk.Damage!);
            }

            segment.Index.Prepend(walk.Index);
        }

        return segment.Index;
    }

    /// <summary>A message from which reading on meets the wanted time soon.</summary>
    private bool TryHintByTime(long timestamp, out ulong sequence)
    {
        ChannelSegment segment;
        lock (_gate)
        {
            sequence = _first;
            var index = _segments.FindIndex(candidate => candidate.LastTimestamp >= timestamp);
            if (index < 0)
            {
                return false;
            }

            segment = _segments[index];
            sequence = Math.Max(segment.Key.First, _first);
            if (segment.FirstTimestamp >= timestamp || segment.Written == 0)
            {
                return true;
            }

            if (!segment.IsSealed)
            {
                sequence = Math.Max(sequence, WholeIndex(segment).SequenceBefore(timestamp));
                return true;
            }
        }

        try
        {
            var footer = FooterReader.Read(_services.Files, segment.Key, segment.Length);
            sequence = Math.Max(sequence, footer.SequenceBefore(timestamp));
            return true;
        }
        catch (StorageCorruptException e)
        {
            NoteFault(segment, e);
            throw;
        }
    }
}
