namespace Bayou.Raft;

// The four transitions. Each sets everything that belongs to its role, and refuses to be made from a role it may not follow.
public sealed partial class RaftNode
{
    private void BecomeFollower(ulong term, ulong leader)
    {
        EnterTerm(term);
        Leader = leader;
        Role = RaftRole.Follower;
        _observer?.OnRoleChanged(this);
    }

    private void BecomePreCandidate()
    {
        RefuseAfter(RaftRole.Leader, RaftRole.PreCandidate);

        // Neither term nor vote changes: a pre-vote leaves no trace if it fails.
        _ballots.Clear();
        _isQuiesced = false;
        Leader = 0;
        Role = RaftRole.PreCandidate;
        _observer?.OnRoleChanged(this);
    }

    private void BecomeCandidate()
    {
        RefuseAfter(RaftRole.Leader, RaftRole.Candidate);
        EnterTerm(Term + 1);
        Vote = Id;
        Role = RaftRole.Candidate;
        _observer?.OnRoleChanged(this);
    }

    private void BecomeLeader()
    {
        RefuseAfter(RaftRole.Follower, RaftRole.Leader);
        EnterTerm(Term);
        Leader = Id;
        Role = RaftRole.Leader;

        var own = _progress.Find(Id) ?? throw new RaftInvariantException("A leader must be a member of its group.");
        own.BecomeReplicate();
        own.IsRecentlyActive = true;

        // The inherited part of the log may hold an unapplied membership change. Until everything in it is applied, none is proposed.
        _pendingConfIndex = LastIndex;

        // Entries of earlier terms are committed only by way of an entry of this term (§5.4.2), so the leader writes one at once (§8).
        AppendOwn([default]);
        _observer?.OnRoleChanged(this);
    }

    /// <summary>Clears what belongs to the old term or role.</summary>
    private void EnterTerm(ulong term)
    {
        if (term < Term)
        {
            throw new RaftInvariantException($"The term cannot go back from {Term} to {term}.");
        }

        if (term > Term)
        {
            Term = term;
            Vote = 0;
        }

        Leader = 0;
        TransferTarget = 0;
        _isQuiesced = false;
        _electionElapsed = 0;
        _heartbeatElapsed = 0;
        ElectionTimeout = _options.ElectionTicks + _options.Random.Next(_options.ElectionTicks);
        _ballots.Clear();
        _reads.Clear();
        _pendingConfIndex = 0;
        _uncommittedBytes = 0;
        foreach (var member in _progress.Members)
        {
            member.Reset(nextIndex: LastIndex + 1, matchIndex: member.Id == Id ? LastIndex : 0);
        }
    }

    private void RefuseAfter(RaftRole role, RaftRole next)
    {
        if (Role == role)
        {
            throw new RaftInvariantException($"A {role} cannot become {next}.");
        }
    }
}
