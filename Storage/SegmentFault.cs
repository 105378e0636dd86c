namespace Bayou.Storage;

/// <summary>Bytes of a segment that are missing or not what was written.</summary>
/// <param name="SegmentFirst">First sequence of the segment.</param>
/// <param name="Offset">Where the damage begins, in bytes.</param>
/// <param name="Length">
/// How far it may reach. Behind a damaged frame nothing can be found without trusting it, so that is to the end of what was written;
/// 0 when only the footer is damaged.
/// </param>
/// <param name="Reason">What was seen.</param>
public readonly record struct SegmentFault(ulong SegmentFirst, long Offset, long Length, string Reason);
