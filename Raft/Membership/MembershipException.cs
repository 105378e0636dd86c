namespace Bayou.Raft.Membership;

/// <summary>
/// A committed membership change cannot be applied. The replicas of the group agree about that, since all see the same log,
/// but it means that a change went into the log that should have been refused.
/// </summary>
public sealed class MembershipException : Exception
{
    /// <summary>Says which rule the change breaks.</summary>
    public MembershipException(MembershipError error) : base($"The membership change cannot be applied: {error}.") => Error = error;

    /// <summary>Says which rule the change breaks, and how.</summary>
    public MembershipException(MembershipError error, string detail) : base(detail) => Error = error;

    /// <summary>The rule that it breaks.</summary>
    public MembershipError Error { get; }
}
