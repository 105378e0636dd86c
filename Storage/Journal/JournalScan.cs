namespace Bayou.Storage.Journal;

/// <summary>How one journal file ends.</summary>
/// <param name="Bytes">Bytes of the part with batches.</param>
internal readonly record struct JournalScan(long Bytes)
{
    /// <summary>The file says that it has a successor.</summary>
    public bool Rolled { get; init; }

    /// <summary>A batch reaches to the end of the file, which the writer leaves to the batch that rolls.</summary>
    public bool EndsWithBatch { get; init; }

    /// <summary>Nothing was ever written to the file in this life.</summary>
    public bool IsEmpty { get; init; }
}
