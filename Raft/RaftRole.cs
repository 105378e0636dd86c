namespace Bayou.Raft;

/// <summary>The part a replica plays at the moment.</summary>
public enum RaftRole : byte
{
    /// <summary>Answers leaders and candidates.</summary>
    Follower,

    /// <summary>Asks for votes in its current term.</summary>
    Candidate,

    /// <summary>Replicates its log to the others.</summary>
    Leader,

    /// <summary>Asks whether it would get the votes, before it raises its term.</summary>
    PreCandidate,
}
