namespace Bayou.Raft;

/// <summary>Why a replica does not campaign although its time has come.</summary>
public enum CampaignRefusal : byte
{
    /// <summary>It is no voter, or it is installing a snapshot.</summary>
    NotPromotable,

    /// <summary>A committed membership change is not applied yet, so it does not know who votes.</summary>
    UnappliedConfChange,

    /// <summary>Its disk lost something, and it may not lead before the log is back or the driver says so.</summary>
    VoteRestricted,
}
