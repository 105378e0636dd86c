using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Raft;

namespace Bayou.Grains.Monitoring;

/// <summary>Describes the replicas of this silo.</summary>
public sealed class ReplicaReader(ReplicaHost host)
{
    public async Task<IReadOnlyList<ReplicaFigures>> ReadAsync()
    {
        var perWorker = await Task.WhenAll(host.Workers.Select(worker => worker.RunAsync(() => worker.Replicas.Select(Describe).ToList())));
        return [.. perWorker.SelectMany(replicas => replicas).OrderBy(replica => replica.Group)];
    }

    private static ReplicaFigures Describe(Replica replica) => new()
    {
        Group = replica.Group.Value,
        Replica = replica.Id.Value,
        Role = RoleOf(replica),
        Term = replica.Term,
        CommitIndex = replica.CommitIndex,
        AppliedIndex = replica.AppliedIndex,
        IsDamaged = replica.IsDamaged,
        IsAsleep = replica.Asleep is not null,
        Voters = replica.Membership.Voters,
        VotersOutgoing = replica.Membership.VotersOutgoing,
        Members = MembersOf(replica),
    };

    private static ReplicaRole RoleOf(Replica replica) =>
        replica.IsRetired ? ReplicaRole.Diverged
        : replica.Leader == replica.Id ? ReplicaRole.Leader
        : replica.Node is { Role: RaftRole.Candidate or RaftRole.PreCandidate } ? ReplicaRole.Candidate
        : ReplicaRole.Follower;

    private static List<MemberPosition> MembersOf(Replica replica)
    {
        if (replica.Leader != replica.Id)
        {
            return [];
        }

        if (replica.Node is { } node)
        {
            var members = new List<MemberPosition>();
            foreach (var member in node.Members)
            {
                members.Add(new MemberPosition(member.Id, member.MatchIndex));
            }

            return members;
        }

        // Where the group sleeps, every member has the whole log.
        return [.. replica.Membership.Voters.Concat(replica.Membership.Learners).Select(member => new MemberPosition(member, replica.CommitIndex))];
    }
}
