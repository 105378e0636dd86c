namespace Bayou.Raft.Quorum;

/// <summary>How far each voter has got.</summary>
internal interface IAcknowledgedIndexes
{
    /// <summary>What the voter has acknowledged; 0 if it has never been heard of.</summary>
    ulong AcknowledgedBy(ulong voter);
}
