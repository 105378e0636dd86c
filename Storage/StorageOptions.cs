namespace Bayou.Storage;

/// <summary>Sizes of the store. The defaults suit a server; tests use smaller ones.</summary>
public sealed record StorageOptions
{
    /// <summary>A journal file is left for the next one at this size, in bytes. Default 64 MiB.</summary>
    public long JournalFileBytes { get; init; } = 64 << 20;

    /// <summary>A new journal file grows by this many zeros at a time, in bytes; a multiple of 4 KiB. Default 4 MiB.</summary>
    public long JournalFillBytes { get; init; } = 4 << 20;

    /// <summary>How much is journaled between two checkpoints, in bytes: what a restart has to read. Default 64 MiB.</summary>
    public long CheckpointBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The journal's bound, in bytes: once a restart would have to read so much because no checkpoint was completed,
    /// <see cref="SiloStore.IsNearlyFull"/> asks for publishes to be refused. Default 1 GiB.
    /// </summary>
    public long MaxJournalBytes { get; init; } = 1 << 30;

    /// <summary>Old journal files kept for reuse. Default 2.</summary>
    public int SpareJournalFiles { get; init; } = 2;

    /// <summary>A group commit takes no further write beyond this size, in bytes. Default 1 MiB.</summary>
    public int MaxBatchBytes { get; init; } = 1 << 20;

    /// <summary>A channel starts a new segment at this size, in bytes. It must be the same on all replicas. Default 16 MiB.</summary>
    public long SegmentBytes { get; init; } = 16 << 20;

    /// <summary>A channel's appends are written to its segment when this many bytes have gathered. Default 256 KiB.</summary>
    public int SegmentWriteBytes { get; init; } = 256 << 10;

    /// <summary>Segment files open at a time, over all channels. Default 512.</summary>
    public int MaxOpenSegments { get; init; } = 512;

    /// <summary>Newest batches kept in memory for subscribers, in bytes, over all channels. Default 64 MiB.</summary>
    public long TailCacheBytes { get; init; } = 64 << 20;

    /// <summary>How much a reader of old messages fetches at a time, in bytes. Default 64 KiB, which stays out of the large object heap.</summary>
    public int ReadChunkBytes { get; init; } = 64 << 10;

    /// <summary>
    /// Space kept in reserve for a full disk, in bytes, if that is no more than a hundredth of the disk; 0 for none. Default 256 MiB.
    /// </summary>
    public long BallastBytes { get; init; } = 256 << 20;

    /// <summary><see cref="SiloStore.IsNearlyFull"/> below this much of the disk free, in percent. Default 5.</summary>
    public int AdmissionFreePercent { get; init; } = 5;

    /// <summary>Identity given to a new data directory; null draws one.</summary>
    public Guid? NewSiloId { get; init; }

    /// <summary>What tells this start from others of the same epoch; null draws it.</summary>
    public ushort? StartNonce { get; init; }

    /// <summary>Throws <see cref="ArgumentException"/> that lists every value out of range.</summary>
    public void Validate()
    {
        var errors = new List<string>();
        Require(JournalFillBytes >= 8192 && JournalFillBytes % 4096 == 0, "JournalFillBytes must be a multiple of 4096, at least 8192");
        Require(JournalFileBytes >= JournalFillBytes && JournalFileBytes % 4096 == 0, "JournalFileBytes must be a multiple of 4096, at least JournalFillBytes");
        Require(CheckpointBytes > 0, "CheckpointBytes must be positive");
        Require(MaxJournalBytes >= JournalFileBytes, "MaxJournalBytes must be at least JournalFileBytes");
        Require(BallastBytes >= 0, "BallastBytes must not be negative");
        Require(AdmissionFreePercent is >= 0 and <= 90, "AdmissionFreePercent must be from 0 to 90");
        Require(SpareJournalFiles >= 0, "SpareJournalFiles must not be negative");
        Require(MaxBatchBytes is >= 4096 and <= 64 << 20, "MaxBatchBytes must be from 4 KiB to 64 MiB");
        Require(SegmentBytes is >= 8192 and <= 1 << 30, "SegmentBytes must be from 8 KiB to 1 GiB");
        Require(SegmentWriteBytes > 0, "SegmentWriteBytes must be positive");
        Require(MaxOpenSegments > 0, "MaxOpenSegments must be positive");
        Require(TailCacheBytes >= 0, "TailCacheBytes must not be negative");
        Require(ReadChunkBytes >= 4096, "ReadChunkBytes must be at least 4096");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors));
        }

        void Require(bool condition, string error)
        {
            if (!condition)
            {
                errors.Add(error);
            }
        }
    }
}
