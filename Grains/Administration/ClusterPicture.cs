using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Administration;

/// <summary>Puts together what the silos say into what an operator wants to know. Pure.</summary>
internal sealed class ClusterPicture
{
    private readonly ClusterKnowledge _known;
    private readonly Dictionary<(ulong Group, SiloNumber Silo), ReplicaFigures> _replicas;
    private readonly Dictionary<ulong, ReplicaFigures> _leaders;

    private ClusterPicture(ClusterKnowledge known)
    {
        _known = known;
        _replicas = known.Answers
            .SelectMany(answer => answer.Value.Select(replica => (Key: (replica.Group, answer.Key), Replica: replica)))
            .ToDictionary(pair => pair.Key, pair => pair.Replica);

        // One that was deposed and has not heard of it says that it leads, too: the higher term is right.
        _leaders = _replicas.Values
            .Where(replica => replica.Role == ReplicaRole.Leader)
            .GroupBy(replica => replica.Group)
            .ToDictionary(leaders => leaders.Key, leaders => leaders.MaxBy(leader => leader.Term)!);
    }

    public static ClusterSummary Of(ClusterKnowledge known, Func<string, string?> addressOf, IReadOnlyList<string> unanswered)
    {
        var picture = new ClusterPicture(known);
        return new ClusterSummary
        {
            NodeId = known.NameOf(known.Own),
            Formed = true,
            Silos = [.. known.Metadata.Silos.Present.Select(silo => picture.SiloOf(silo, addressOf))],
            Groups = [picture.MetadataGroup(), .. known.Metadata.Channels.OrderBy(channel => channel.Value.Group).Select(channel => picture.GroupOf(channel.Key, channel.Value))],
            Unanswered = unanswered,
        };
    }

    private SiloSummary SiloOf(SiloNumber silo, Func<string, string?> addressOf)
    {
        var entry = _known.Metadata.Silos.All[silo];
        return new SiloSummary
        {
            Number = silo.Value,
            NodeId = entry.Identity.Name,
            Address = addressOf(entry.Identity.Name),
            State = _known.StateOf(silo),
            MetadataLeader = LeaderOf(GroupId.Metadata.Value)?.Silo == silo,
            MetadataVoter = _known.Metadata.Voters.Any(voter => new ReplicaId(voter).Silo == silo),
            Drained = entry.IsDrained,
            Leaving = entry.IsLeaving,
            Leaders = _leaders.Values.Count(leader => leader.Group != GroupId.Metadata.Value && new ReplicaId(leader.Replica).Silo == silo),
            Replicas = _known.Metadata.Channels.Values.Count(placement => placement.On(silo) is not null),
        };
    }

    private ReplicaId? LeaderOf(ulong group) => _leaders.TryGetValue(group, out var leader) ? new ReplicaId(leader.Replica) : null;

    private GroupSummary MetadataGroup()
    {
        var metadata = _known.Metadata;
        return Describe(GroupId.Metadata.Value, channel: null, metadata.Voters, [.. metadata.Learners], [], metadata.Voters.Count);
    }

    private GroupSummary GroupOf(string channel, ChannelPlacement placement) =>
        Describe(placement.Group.Value, channel, placement.Replicas, [], placement.Leaving,
            Math.Min(placement.Wanted, _known.Metadata.Silos.Active.Count()));

    private GroupSummary Describe(
        ulong group, string? channel, IReadOnlyList<ulong> voters, IReadOnlyList<ulong> learners, IReadOnlyList<ulong> leaving, int wanted)
    {
        var leader = _leaders.GetValueOrDefault(group);
        var current = leader?.Voters ?? voters;
        var outgoing = leader?.VotersOutgoing ?? [];
        var replicas = voters.Concat(learners).Concat(leaving).Concat(current).Concat(outgoing).Distinct()
            .Select(replica => DescribeReplica(group, replica, leader, current, outgoing, voters, learners))
            .ToList();
        return new GroupSummary
        {
            Group = group,
            Channel = channel,
            Leader = leader is null ? null : _known.NameOf(new ReplicaId(leader.Replica).Silo),
            Term = leader?.Term,
            Quorum = _known.HasMajority(current) && _known.HasMajority(outgoing),
            Wanted = wanted,
            UnderReplicated = replicas.Count(replica => replica is { Voter: true, State: ReplicaState.Ok }) < wanted,
            Moving = outgoing.Count > 0 || leaving.Count > 0 || replicas.Exists(replica => replica.State is ReplicaState.Learning or ReplicaState.Leaving),
            Damaged = replicas.Exists(replica => replica.State is ReplicaState.Damaged or ReplicaState.Diverged),
            Replicas = [.. replicas.OrderBy(replica => replica.NodeId, StringComparer.Ordinal)],
        };
    }

    private ReplicaSummary DescribeReplica(
        ulong group, ulong replica, ReplicaFigures? leader, IReadOnlyList<ulong> current, IReadOnlyList<ulong> outgoing,
        IReadOnlyList<ulong> voters, IReadOnlyList<ulong> learners)
    {
        var silo = new ReplicaId(replica).Silo;
        var figures = _replicas.GetValueOrDefault((group, silo)) is { } found && found.Replica == replica ? found : null;
        var match = leader?.Members.Where(member => member.Replica == replica).Select(member => (ulong?)member.MatchIndex).FirstOrDefault();
        return new ReplicaSummary
        {
            NodeId = _known.NameOf(silo),
            State = StateOf(silo, figures, isWanted: voters.Contains(replica) || learners.Contains(replica),
                isLearning: voters.Contains(replica) && leader is not null && !current.Contains(replica)),
            Leader = leader?.Replica == replica,
            Voter = current.Contains(replica) || outgoing.Contains(replica),
            Match = match,
            Commit = figures?.CommitIndex,
            Applied = figures?.AppliedIndex,
            Lag = match is { } index ? leader!.CommitIndex - Math.Min(index, leader.CommitIndex) : null,
        };
    }

    private ReplicaState StateOf(SiloNumber silo, ReplicaFigures? figures, bool isWanted, bool isLearning) =>
        _known.StateOf(silo) == SiloState.Dead ? ReplicaState.Down
        : !_known.Answers.ContainsKey(silo) ? ReplicaState.Unknown
        : !isWanted ? ReplicaState.Leaving
        : figures is null ? ReplicaState.Missing
        : figures.Role == ReplicaRole.Diverged ? ReplicaState.Diverged
        : figures.IsDamaged ? ReplicaState.Damaged
        : isLearning ? ReplicaState.Learning
        : ReplicaState.Ok;
}
