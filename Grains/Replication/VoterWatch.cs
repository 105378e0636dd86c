using Bayou.Grains.Replication.Peers;
using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>What this silo can tell of the voters of a group. Those never heard of get the benefit of the doubt.</summary>
internal sealed class VoterWatch(RaftNode node, Replica replica, ReplicaServices services)
{
    /// <summary>Enough voters are there to elect a leader.</summary>
    public bool IsQuorumAlive => IsMajorityAlive(node.ConfState.Voters) && IsMajorityAlive(node.ConfState.VotersOutgoing);

    /// <summary>This replica has a vote, so that it can have a leader elected.</summary>
    public bool IsVoter => node.ConfState.Voters.Contains(node.Id) || node.ConfState.VotersOutgoing.Contains(node.Id);

    /// <summary>Another voter, or one that is to be one; null if none is there.</summary>
    public ReplicaId? AnyOther
    {
        get
        {
            var other = node.ConfState.Voters.Concat(replica.WantedMembers()?.Voters ?? []).FirstOrDefault(voter => voter != node.Id && !IsDead(voter));
            return other == 0 ? null : new ReplicaId(other);
        }
    }

    private bool IsMajorityAlive(IReadOnlyList<ulong> voters)
    {
        var dead = voters.Count(voter => voter != node.Id && IsDead(voter));
        return voters.Count == 0 || voters.Count - dead > voters.Count / 2;
    }

    private bool IsDead(ulong voter) => services.Liveness.IsDead(new ReplicaId(voter).Silo);
}
