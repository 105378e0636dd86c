namespace Bayou.Storage;

/// <summary>
/// What a replica once had on disk, and may have acknowledged, beyond what was recovered of it. Until it is repaired the replica
/// must not count as one that never had these entries: it may not campaign, and may vote only for logs that are not behind
/// <see cref="KnownTerm"/> and <see cref="KnownIndex"/>.
/// </summary>
public sealed record GroupFault
{
    /// <summary>Nothing is known of the group, not even that it was there: what holds where <see cref="SiloStore.MayLackGroups"/>.</summary>
    public static readonly GroupFault Unknown = new() { MayLackEntries = true, MayLackHardState = true };

    /// <summary>Term of the entry at <see cref="KnownIndex"/>.</summary>
    public ulong KnownTerm { get; init; }

    /// <summary>
    /// Index of the newest entry (by term, then index) that the replica is known to have had: recovered, damaged, or readable but
    /// behind a gap. Never behind the last recovered entry.
    /// </summary>
    public ulong KnownIndex { get; init; }

    /// <summary>Entries beyond <see cref="KnownIndex"/> may have been there too: a part of the journal is lost and does not say what it held.</summary>
    public bool MayLackEntries { get; init; }

    /// <summary>A later term or vote than the recovered one may have been there: the replica may have voted and does not know.</summary>
    public bool MayLackHardState { get; init; }
}
