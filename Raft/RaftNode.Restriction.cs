namespace Bayou.Raft;

// What a replica does not do after its disk lost something; VoteRestriction says why that is enough.
public sealed partial class RaftNode
{
    private VoteRestriction _reportedRestriction;

    /// <summary>What it may not do; <see cref="VoteRestriction.None"/> on a healthy replica.</summary>
    public VoteRestriction VoteRestriction { get; private set; }

    /// <summary>
    /// Ends or lowers the restriction. After <see cref="VoteRestriction.NoVote"/> that is safe once <i>every</i> other voter has said, after this
    /// replica was started, what its term and the last entry of its log are, written or not; links must not outlive a restart of either end.
    /// A floor may be lowered if nobody else has such a log, for then nothing of it is committed.
    /// </summary>
    /// <param name="term">
    /// The latest term in which it may have voted without knowing: the highest of the others' terms. It moves there, and votes for nobody in it.
    /// 0 if its hard state was not lost.
    /// </param>
    /// <param name="remaining">
    /// What remains: the highest position among the others' logs and floors, for some entries up to there may have been acknowledged here.
    /// </param>
    /// <exception cref="ArgumentException">What remains is <see cref="VoteRestriction.NoVote"/>.</exception>
    public void Lift(ulong term, VoteRestriction remaining)
    {
        if (remaining.IsNoVote)
        {
            throw new ArgumentException("A restriction cannot be lifted to one that forbids every vote.", nameof(remaining));
        }

        if (term > Term)
        {
            BecomeFollower(term, leader: 0);
        }

        if (term == Term && Vote == 0)
        {
            Vote = HardState.Nobody;
        }

        Restrict(remaining);
        LiftFloorIfReached();
    }

    /// <summary>The floor has done its work when the durable log is there again.</summary>
    private void LiftFloorIfReached()
    {
        var durable = _log.Tail.Offset - 1;
        if (!VoteRestriction.IsNone && _log.Tail.Snapshot is null && VoteRestriction.IsMetBy(_log.TermOrZero(durable), durable))
        {
            Restrict(VoteRestriction.None);
        }
    }

    private void Restrict(VoteRestriction restriction)
    {
        if (restriction != VoteRestriction)
        {
            VoteRestriction = restriction;
            _observer?.OnVoteRestrictionChanged(this);
        }
    }

    /// <summary>The leader counts on entries that this log has lost: it must find out anew where the logs match.</summary>
    private void ReportLoss(ulong leader, ulong expectedIndex) =>
        Send(new RaftMessage
        {
            Kind = MessageKind.AppendResponse,
            To = leader,
            Index = expectedIndex,
            IsRejected = true,
            IsDamaged = true,
            RejectHint = LastIndex,
            LogTerm = LastTerm,
        });
}
