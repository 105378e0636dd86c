namespace Bayou.Storage;

/// <summary>Consecutive bytes of one segment.</summary>
public readonly record struct SegmentRange(ulong SegmentFirst, long Offset, long Length);
