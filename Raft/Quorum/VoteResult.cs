namespace Bayou.Raft.Quorum;

/// <summary>Where a vote stands.</summary>
internal enum VoteResult : byte
{
    /// <summary>The missing answers decide.</summary>
    Pending,

    /// <summary>A quorum can no longer be reached.</summary>
    Lost,

    /// <summary>A quorum said yes.</summary>
    Won,
}
