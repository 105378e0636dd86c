namespace Bayou.Storage.Segments;

/// <summary>
/// Reads bytes of a segment, fewer than asked for at its end; <see cref="FileNotFoundException"/> when there is no such file.
/// </summary>
internal delegate int SegmentReader(SegmentKey key, Span<byte> buffer, long offset);
