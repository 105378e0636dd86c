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

    private readonly SortedDictionary<ulong, LogStatus> _answers = [];

    /// <summary>Drawn for this start: an answer to an earlier one says nothing about what happened since.</summary>
    private readonly ulong _nonce = unchecked((ulong)services.Random.NextInt64());

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
        IsRestricted = !node.VoteRestriction.IsNone,
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

        foreach (var voter in OtherVoters(node))
        {
            replica.Send(new ReplicaId(voter).Silo, PeerLane.Control, FrameItem.LogStatusRequest, new LogStatusRequest
            {
                Group = replica.Group.Value,
                From = node.Id,
                To = voter,
                Nonce = _nonce,
            });
        }
    }

    public void OnAnswer(RaftNode node, LogStatus answer)
    {
        if (answer.Nonce != _nonce || node.VoteRestriction.IsNone)
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
        List<ulong> neverHadIt = [.. others.Where(voter => _answers.TryGetValue(voter, out var known) && !known.IsRestricted && !IsMetBy(floor, known))];
        if (IsMajority(neverHadIt, node.ConfState.Voters) && IsMajority(neverHadIt, node.ConfState.VotersOutgoing))
        {
            // What a majority never had was not committed, whatever this replica once wrote of it.
            node.Lift(term: 0, HighestOf(neverHadIt));
        }
        else if (haveAllAnswered && !others.Exists(voter => IsMetBy(floor, _answers[voter])))
        {
            services.Observer.OnLost(replica.Group, floor.Index);
            node.Lift(term: 0, HighestOf(others));
        }
    }

    private static bool IsMetBy(VoteRestriction floor, LogStatus answer) =>
        floor.IsMetBy(answer.LastTerm, answer.LastIndex) || floor.IsMetBy(answer.FloorTerm, answer.FloorIndex);

    private static bool IsMajority(List<ulong> replicas, IReadOnlyList<ulong> voters) =>
        voters.Count == 0 || replicas.Count(voters.Contains) > voters.Count / 2;

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
