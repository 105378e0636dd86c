namespace Bayou.Raft.Membership;

/// <summary>Whether a change goes through a joint configuration.</summary>
public enum ConfChangeTransition : byte
{
    /// <summary>Only if it changes more than one replica; it is then left automatically.</summary>
    Auto,

    /// <summary>Always; it is left automatically.</summary>
    JointImplicit,

    /// <summary>Always; it is left by a second proposal, <see cref="ConfChange.LeaveJoint"/>.</summary>
    JointExplicit,
}
