namespace Bayou.Raft.Membership;

/// <summary>What happens to one replica.</summary>
public enum ConfChangeKind : byte
{
    /// <summary>It becomes a voter, be it new or a learner.</summary>
    AddVoter,

    /// <summary>It leaves the group.</summary>
    Remove,

    /// <summary>Nothing, for the core; the change carries news about the replica for the application.</summary>
    Update,

    /// <summary>It becomes a learner, be it new or a voter.</summary>
    AddLearner,
}
