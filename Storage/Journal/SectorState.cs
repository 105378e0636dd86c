namespace Bayou.Storage.Journal;

/// <summary>What a sector of a journal file turns out to be.</summary>
internal enum SectorState
{
    /// <summary>Whole, and of this life of the file.</summary>
    Current,

    /// <summary>Never written in this life of the file: zeros, or whole but of a former life.</summary>
    Old,

    /// <summary>Anything else: its checksum fails.</summary>
    Damaged,
}
