namespace Bayou.Storage.Journal;

/// <summary>A place in the journal where a batch should be and no whole one is.</summary>
/// <param name="File">Number of the file.</param>
/// <param name="Offset">Where the batch begins.</param>
/// <param name="Header">Its header, if that can still be read.</param>
/// <param name="Directory">What it held, if its directory can still be read.</param>
/// <param name="Damage">Why it may have been durable once; null for a write that was never finished, or a place never written.</param>
/// <param name="IsCertain">It was durable, and has been reported.</param>
internal sealed record BadBatch(
    ulong File, long Offset, BatchHeader? Header, DirectoryEntry[]? Directory, StorageCorruptException? Damage, bool IsCertain)
{
    /// <summary>Whether something may be lost here, as opposed to never written.</summary>
    public bool MayBeLoss => IsCertain || Damage is not null;
}
