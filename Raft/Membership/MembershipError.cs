namespace Bayou.Raft.Membership;

/// <summary>Why a membership change cannot be applied to a membership.</summary>
public enum MembershipError : byte
{
    /// <summary>A joint configuration cannot be entered twice.</summary>
    AlreadyJoint,

    /// <summary>There is no joint configuration to leave.</summary>
    NotJoint,

    /// <summary>A group without voters cannot enter a joint configuration.</summary>
    NoVotersToJoin,

    /// <summary>A simple change cannot be made within a joint configuration.</summary>
    SimpleWhileJoint,

    /// <summary>No voter would be left.</summary>
    NoVotersLeft,

    /// <summary>More than one voter would change without a joint configuration, so that majorities might not meet.</summary>
    MoreThanOneVoterChanged,

    /// <summary>The lists of members contradict each other.</summary>
    Inconsistent,
}
