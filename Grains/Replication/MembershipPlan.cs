using Bayou.Raft;
using Bayou.Raft.Membership;

namespace Bayou.Grains.Replication;

/// <summary>
/// Plans the next change that brings a group's membership closer to the one that the metadata asks for. New replicas learn first;
/// when they have caught up, they and those that they replace change places in one joint step, so that the group is never weaker than
/// before. One that lags, because its silo is away, keeps none of the others from taking a place.
/// </summary>
internal static class MembershipPlan
{
    /// <summary>The next change, or null if nothing is to be changed now.</summary>
    /// <param name="current">The membership that holds.</param>
    /// <param name="voters">Who is to vote.</param>
    /// <param name="learners">Who is to learn without a vote.</param>
    /// <param name="isCaughtUp">Whether a learner has nearly all that the leader has.</param>
    public static ConfChange? Next(ConfState current, IReadOnlyList<ulong> voters, IReadOnlyCollection<ulong> learners, Func<ulong, bool> isCaughtUp)
    {
        if (current.VotersOutgoing.Count > 0)
        {
            return null;
        }

        var steps = new List<ConfChangeStep>();
        foreach (var replica in voters.Concat(learners).Where(replica => !current.Voters.Contains(replica) && !current.Learners.Contains(replica)))
        {
            steps.Add(new ConfChangeStep(ConfChangeKind.AddLearner, replica));
        }

        if (steps.Count == 0)
        {
            PlanSwap(current, voters, learners, isCaughtUp, steps);
        }

        return steps.Count switch
        {
            0 => null,
            1 => new ConfChange { Steps = steps },
            _ => new ConfChange { Steps = steps, Transition = ConfChangeTransition.JointImplicit },
        };
    }

    /// <summary>
    /// A leader that is not to vote any more gives up its office before its vote, if that is possible: null if it stays, or if nobody who is
    /// to vote can take over yet.
    /// </summary>
    public static ulong? Successor(ConfState current, ulong leader, IReadOnlyList<ulong> voters, Func<ulong, bool> isCaughtUp) =>
        current.VotersOutgoing.Count > 0 || voters.Contains(leader)
            ? null
            : voters.Where(replica => current.Voters.Contains(replica) && isCaughtUp(replica)).Cast<ulong?>().FirstOrDefault();

    private static void PlanSwap(
        ConfState current, IReadOnlyList<ulong> voters, IReadOnlyCollection<ulong> learners, Func<ulong, bool> isCaughtUp, List<ConfChangeStep> steps)
    {
        var added = voters.Where(replica => !current.Voters.Contains(replica)).ToList();
        var removed = current.Voters.Where(voter => !voters.Contains(voter)).ToList();
        var promoted = added.FindAll(replica => isCaughtUp(replica));
        if (promoted.Count < added.Count)
        {
            // One for one, those first that are of no use any more.
            var count = Math.Min(promoted.Count, removed.Count);
            if (count == 0)
            {
                return;
            }

            promoted = promoted[..count];
            removed = [.. removed.OrderBy(isCaughtUp).Take(count)];
        }

        steps.AddRange(promoted.Select(replica => new ConfChangeStep(ConfChangeKind.AddVoter, replica)));
        foreach (var voter in removed)
        {
            steps.Add(new ConfChangeStep(learners.Contains(voter) ? ConfChangeKind.AddLearner : ConfChangeKind.Remove, voter));
        }

        steps.AddRange(current.Learners
            .Where(learner => !voters.Contains(learner) && !learners.Contains(learner))
            .Select(learner => new ConfChangeStep(ConfChangeKind.Remove, learner)));
    }
}
