namespace Bayou.Raft;

/// <summary>
/// The stable part of a replica's log as the core sees it: what has been written durably. It holds the entries
/// <see cref="FirstIndex"/> to <see cref="LastIndex"/> without gaps, and still knows the term of the entry before the first.
/// Indexes below are <i>compacted</i>, indexes above are <i>unavailable</i>; comparing with the two bounds tells them apart.
/// Calls come from the thread that drives the node and must not block on the disk for long.
/// </summary>
public interface IRaftStorage
{
    /// <summary>What was stored before this start.</summary>
    RaftInitialState InitialState { get; }

    /// <summary>The first index whose entry can be read; one past the compacted part. 1 for an untouched log.</summary>
    ulong FirstIndex { get; }

    /// <summary>The last durable index; <c>FirstIndex - 1</c> if there is none.</summary>
    ulong LastIndex { get; }

    /// <summary>
    /// The newest snapshot, for a replica that has fallen behind. Null says that none is ready yet; the leader asks again later.
    /// It must reach at least <c>FirstIndex - 1</c>.
    /// </summary>
    Snapshot? Snapshot { get; }

    /// <summary>The term of an entry between <c>FirstIndex - 1</c> and <see cref="LastIndex"/>; false outside.</summary>
    bool TryGetTerm(ulong index, out ulong term);

    /// <summary>
    /// Entries from <paramref name="low"/> on, below <paramref name="high"/>: as many as fit into <paramref name="maxBytes"/>
    /// of <see cref="Entry.SizeBytes"/>, but at least one. The slice must never change afterwards.
    /// </summary>
    /// <returns>False if <paramref name="low"/> is compacted.</returns>
    /// <exception cref="RaftInvariantException">The range reaches past <see cref="LastIndex"/>.</exception>
    bool TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries);
}
