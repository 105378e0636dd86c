namespace Bayou.Storage.Segments;

internal readonly record struct SparseIndexEntry(ulong Sequence, long Timestamp, long Offset);
