using Bayou.Grains.Replication.Peers;
using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>When a replica stands for election other than because its leader was silent for long.</summary>
internal sealed class Campaigns(RaftNode node, ReplicaServices services)
{
    private int _ticks;

    public bool IsPending => _ticks > 0;

    /// <summary>
    /// Somebody needs a leader. Where one is about to be elected, a second candidate would only end the reign of the first: then it is
    /// waited for a moment.
    /// </summary>
    public void OnDemand()
    {
        if (node is not { Leader: 0, Role: RaftRole.Follower })
        {
            return;
        }

        if (HasCandidate)
        {
            Delay();
        }
        else
        {
            node.Campaign();
        }
    }

    /// <summary>The silo that led is dead: elect another, each replica after a moment of its own.</summary>
    public void OnLeaderLost()
    {
        if (node.Role != RaftRole.Leader)
        {
            node.ForgetLeader();
            Delay();
        }
    }

    public void Tick()
    {
        if (_ticks > 0 && --_ticks == 0 && node.Leader == 0)
        {
            node.Campaign();
        }
    }

    /// <summary>The vote of this term is somebody else's, who is alive.</summary>
    private bool HasCandidate => node.Vote != 0 && node.Vote != node.Id && services.Liveness.IsAlive(new ReplicaId(node.Vote).Silo);

    private void Delay()
    {
        if (_ticks == 0)
        {
            _ticks = 1 + services.Random.Next(3);
        }
    }
}
