namespace Bayou.Raft;

/// <summary>One entry of the replicated log. The data is held by reference: whoever proposes it must not change it afterwards.</summary>
public readonly record struct Entry(ulong Index, ulong Term, EntryKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>What an entry costs beyond its data when messages and pages are limited by size.</summary>
    public const int OverheadBytes = 24;

    /// <summary>Bytes that this entry counts against the limits on messages and pages.</summary>
    public ulong SizeBytes => (ulong)Data.Length + OverheadBytes;

    /// <summary>Whether the entry changes the membership.</summary>
    public bool IsConfChange => Kind != EntryKind.Normal;
}
