using Bayou.Records;

namespace Bayou.Storage;

/// <summary>A group as the last checkpoint and the journal since then tell it.</summary>
public sealed record RecoveredGroup
{
    public required GroupId Group { get; init; }

    public required StoredHardState HardState { get; init; }

    /// <summary>Log index that <see cref="State"/> and the channel's segments stand at; 0 before the first checkpoint of the group.</summary>
    public required ulong AppliedIndex { get; init; }

    /// <summary>Term of the entry at <see cref="AppliedIndex"/>.</summary>
    public required ulong AppliedTerm { get; init; }

    /// <summary>The state its owner gave to the last checkpoint; empty before the first.</summary>
    public required ReadOnlyMemory<byte> State { get; init; }

    /// <summary>The log after <see cref="AppliedIndex"/>, without gaps, conflicting suffixes already removed.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>
    /// What the replica had beyond this and has lost; null when nothing. What is here can be trusted all the same: it is the replica as
    /// it stood before what was lost, and <see cref="HardState"/>'s commit index is not beyond the last entry.
    /// </summary>
    public GroupFault? Fault { get; init; }
}
