namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What a replica is in its group.</summary>
[GenerateSerializer, Alias("Bayou.ReplicaRole")]
public enum ReplicaRole
{
    Follower,
    Candidate,
    Leader,

    /// <summary>It differs from its leader, and takes no part until it has begun anew.</summary>
    Diverged,
}
