using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>A recent batch in memory, and where its frame lies in the active segment or its predecessor.</summary>
internal readonly record struct TailBatch(RecordBatch Batch, ulong LogIndex, long Offset)
{
    /// <summary>What it counts against the cache: its bytes and an estimate of what they hang on.</summary>
    public int CachedBytes => Batch.Bytes.Length + 96;
}
