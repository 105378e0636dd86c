namespace Bayou.Raft;

/// <summary>What became of a proposal when it was made.</summary>
public enum ProposeOutcome : byte
{
    /// <summary>In the leader's log; it may still be lost if the leader is.</summary>
    Accepted,

    /// <summary>Sent on to the leader; whether it arrives is unknown.</summary>
    Forwarded,

    /// <summary>No leader is known.</summary>
    NoLeader,

    /// <summary>Another replica leads and forwarding is off.</summary>
    NotLeader,

    /// <summary>This leader is no longer a member.</summary>
    NotMember,

    /// <summary>Leadership is being handed over; the new leader will take proposals.</summary>
    TransferInProgress,

    /// <summary>Too many bytes wait to be committed.</summary>
    TooMuchUncommitted,

    /// <summary>The membership may not change now; an empty entry took the place of the change in the log.</summary>
    ConfChangeRefused,
}
