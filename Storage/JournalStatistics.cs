namespace Bayou.Storage;

/// <summary>Counters of the journal since the start; take two and subtract.</summary>
public readonly record struct JournalStatistics
{
    /// <summary>Group commits.</summary>
    public long Batches { get; init; }

    /// <summary>Calls of fdatasync, those for new files included.</summary>
    public long Syncs { get; init; }

    /// <summary>Writes that owners handed in.</summary>
    public long Writes { get; init; }

    /// <summary>Bytes written, padding included.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes written since the last checkpoint began.</summary>
    public long BytesSinceCheckpoint { get; init; }

    /// <summary>Bytes that a restart would have to read: written since the last checkpoint that was completed began.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Time spent in the write and sync of group commits.</summary>
    public TimeSpan SyncTime { get; init; }

    /// <summary>The slowest write and sync of one group commit.</summary>
    public TimeSpan SlowestSync { get; init; }
}
