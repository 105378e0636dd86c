namespace Bayou.Storage.Segments;

/// <summary>One segment of an open channel. Guarded by the channel's lock.</summary>
internal sealed class ChannelSegment(SegmentKey key)
{
    public SegmentKey Key => key;

    public ulong Last { get; set; } = key.First - 1;

    public long FirstTimestamp { get; set; }

    public long LastTimestamp { get; set; }

    public ulong LastLogIndex { get; set; }

    /// <summary>Bytes of header and frames, those still in memory included.</summary>
    public long Length { get; set; } = SegmentLayout.HeaderBytes;

    /// <summary>Bytes of header and frames that are in the file; 0 while there is no file.</summary>
    public long Written { get; set; }

    public bool IsSealed { get; set; }

    /// <summary>Of a sealed segment; 0 when it was damaged as it was sealed.</summary>
    public UInt128 Hash { get; set; }

    /// <summary>What is known of the frames of a segment that is not sealed; null until needed.</summary>
    public SparseIndex? Index { get; set; }

    /// <summary>Damage that was seen and not repaired.</summary>
    public SegmentFault? Fault { get; set; }

    public SegmentInfo ToInfo() => new(key.First, Last, FirstTimestamp, LastTimestamp, LastLogIndex, Length, IsSealed, Hash);

    public static ChannelSegment From(Records.GroupId group, SegmentInfo info) => new(new SegmentKey(group, info.First))
    {
        Last = info.Last,
        FirstTimestamp = info.FirstTimestamp,
        LastTimestamp = info.LastTimestamp,
        LastLogIndex = info.LastLogIndex,
        Length = info.Length,
        Written = info.Length,
        IsSealed = info.IsSealed,
        Hash = info.Hash,
    };
}
