namespace Bayou.Raft;

/// <summary>What a replica does about a request for its vote.</summary>
public enum VoteAnswer : byte
{
    /// <summary>It votes for the candidate.</summary>
    Granted,

    /// <summary>It voted for another one, or its own log, or what that once was, is ahead.</summary>
    Rejected,

    /// <summary>It has heard from a leader within the election timeout and does not answer.</summary>
    LeaseNotExpired,
}
