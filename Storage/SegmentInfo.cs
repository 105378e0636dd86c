namespace Bayou.Storage;

/// <summary>
/// One segment of a channel. Committed data are the same bytes on every replica and segments roll at the same places, so two
/// segments of a group with the same first sequence differ at most in length.
/// </summary>
/// <param name="First">First sequence; names the file.</param>
/// <param name="Last">Last sequence.</param>
/// <param name="FirstTimestamp">Of the first batch, in Unix nanoseconds.</param>
/// <param name="LastTimestamp">Of the last batch.</param>
/// <param name="LastLogIndex">Log index of the last batch.</param>
/// <param name="Length">Bytes of header and frames, without the footer, which follows from them.</param>
/// <param name="IsSealed">Nothing is appended to it any more.</param>
/// <param name="Hash">
/// XxHash128 of the <paramref name="Length"/> bytes of a sealed segment; 0 where it is not known, because the segment is not sealed
/// or was damaged when it was.
/// </param>
public readonly record struct SegmentInfo(
    ulong First, ulong Last, long FirstTimestamp, long LastTimestamp, ulong LastLogIndex, long Length, bool IsSealed, UInt128 Hash);
