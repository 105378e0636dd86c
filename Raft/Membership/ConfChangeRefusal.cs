namespace Bayou.Raft.Membership;

/// <summary>Why a leader does not take a membership change now.</summary>
public enum ConfChangeRefusal : byte
{
    /// <summary>An earlier change is in the log and perhaps not applied yet.</summary>
    AnotherIsPending,

    /// <summary>The joint configuration must be left first.</summary>
    MustLeaveJointFirst,

    /// <summary>There is no joint configuration to leave.</summary>
    NotJoint,
}
