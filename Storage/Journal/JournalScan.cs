namespace Bayou.Storage.Journal;

/// <summary>How the readable part of one journal file ends.</summary>
/// <param name="Next">The batch that would follow.</param>
/// <param name="Offset">Where that batch would lie.</param>
/// <param name="Rolled">The file says that it has a successor.</param>
/// <param name="IsEmpty">The file holds no batch of its own.</param>
/// <param name="Damage">Why the end is not a clean one; null for an unfinished or unwritten batch.</param>
internal readonly record struct JournalScan(JournalPosition Next, long Offset, bool Rolled, bool IsEmpty, StorageCorruptException? Damage);
