namespace Bayou.Storage;

/// <summary>One entry of a group's replicated log. <paramref name="Kind"/> belongs to the group's owner.</summary>
public readonly record struct JournalEntry(ulong Index, ulong Term, byte Kind, ReadOnlyMemory<byte> Data);
