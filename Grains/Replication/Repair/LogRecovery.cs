using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Raft;

namespace Bayou.Grains.Replication.Repair;

/// <summary>
/// Gets a replica whose log was damaged back to full rights, where no leader can: asks the other voters how far their logs go, and
/// lifts its <see cref="VoteRestriction"/> as far as the answers prove that nothing can be lost by it. Runs on the group's worker.
/// </summary>
internal sealed class LogRecovery(Replica replica, ReplicaServices services)
{
    private const int TicksBetweenQuestions = 5;

    /// <summary>The newest answer of each voter.</summary>
    private readonly SortedDictionary<ulong, LogStatus> _answers = [];

    /// <summary>Drawn for this start: an answer to an earlier one says nothing about what happened since.</summary>
    private readonly ulong _nonce = unchecked((ulong)services.Random.NextInt64());

    /// <summary>Added to the nonce of each round of questions: an answer that was overtaken by a later one says less.</summary>
    private ulong _rounds;

    private int _ticks;

    /// <summary>A replica that could still answer a question of another one.</summary>
    public static LogStatus Answer(LogStatusRequest request, RaftNode node) => new()
    {
        Group = request.Group,
        From = node.Id,
        To = request.From,
        Nonce = request.Nonce,
        Term = node.Term,
        LastTerm = node.LastTerm,
        LastIndex = node.LastIndex,
        FloorTerm = node.VoteRestriction.IsNoVote ? 0 : node.VoteRestriction.Term,
        FloorIndex = node.VoteRestriction.IsNoVote ? 0 : node.VoteRestriction.Index,
    };

    public void Tick(RaftNode node)
    {
        // A leader mends a lost end of the log by itself; a lost vote is known only to those who were there.
        var needsAnswers = node.VoteRestriction.IsNoVote || (!node.VoteRestriction.IsNone && node.Leader == 0);
        if (!needsAnswers || _ticks++ % TicksBetweenQuestions != 0)
        {
            return;
        }

        _rounds++;
        foreach (var voter in OtherVoters(node))
        {
            Ask(node, new ReplicaId(voter));
        }
    }

    /// <summary>Asks another replica how far its log goes, which wakes it.</summary>
    public void Ask(RaftNode node, ReplicaId other) => replica.Send(other.Silo, PeerLane.Control, FrameItem.LogStatusRequest, new LogStatusRequest
    {
        Group = replica.Group.Value,
        From = node.Id,
        To = other.Value,
        Nonce = unchecked(_nonce + _rounds),
    });

    public void OnAnswer(RaftNode node, LogStatus answer)
    {
        if (node.VoteRestriction.IsNone || !IsNews(answer))
        {
            return;
        }

        _answers[answer.From] = answer;
        var others = OtherVoters(node);
        var haveAllAnswered = others.Count > 0 && others.TrueForAll(_answers.ContainsKey);
        if (node.VoteRestriction.IsNoVote)
        {
            if (haveAllAnswered)
            {
                node.Lift(others.Max(voter => _answers[voter].Term), HighestOf(others));
            }

            return;
        }

        var floor = node.VoteRestriction;
        if (haveAllAnswered && !others.Exists(voter => IsMetBy(floor, _answers[voter])))
        {
            services.Observer.OnLost(replica.Group, others.Max(voter => _answers[voter].LastIndex), floor.Index);
            node.Lift(term: 0, HighestOf(others));
        }
    }

    private bool IsNews(LogStatus answer)
    {
        var round = unchecked(answer.Nonce - _nonce);
        return round >= 1 && round <= _rounds && !(_answers.TryGetValue(answer.From, out var known) && unchecked(known.Nonce - _nonce) > round);
    }

    private static bool IsMetBy(VoteRestriction floor, LogStatus answer) =>
        floor.IsMetBy(answer.LastTerm, answer.LastIndex) || floor.IsMetBy(answer.FloorTerm, answer.FloorIndex);

    private static List<ulong> OtherVoters(RaftNode node) =>
        [.. node.ConfState.Voters.Concat(node.ConfState.VotersOutgoing).Where(voter => voter != node.Id).Distinct().Order()];

    private VoteRestriction HighestOf(List<ulong> voters)
    {
        var highest = VoteRestriction.None;
        foreach (var answer in voters.Select(voter => _answers[voter]))
        {
            highest = VoteRestriction.Max(highest, new VoteRestriction(answer.LastTerm, answer.LastIndex));
            highest = VoteRestriction.Max(highest, new VoteRestriction(answer.FloorTerm, answer.FloorIndex));
        }

        return highest;
    }
}
