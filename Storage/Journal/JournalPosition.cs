namespace Bayou.Storage.Journal;

/// <summary>Where a journal goes on: the file, the number of its next batch and the checksum that batch must name as its predecessor's.</summary>
internal readonly record struct JournalPosition(ulong File, ulong Batch, uint PreviousCrc);
