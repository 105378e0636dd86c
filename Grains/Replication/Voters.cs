using Bayou.Grains.Replication.Peers;
using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>Finds silos in a membership.</summary>
internal static class Voters
{
    /// <summary>The voter on a silo; null if there is none.</summary>
    public static ReplicaId? VoterOn(this ConfState members, SiloNumber silo)
    {
        foreach (var voter in members.Voters)
        {
            if (new ReplicaId(voter) is var id && id.Silo == silo)
            {
                return id;
            }
        }

        return null;
    }
}
