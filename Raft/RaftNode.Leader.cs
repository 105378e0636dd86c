using Bayou.Raft.Replication;

namespace Bayou.Raft;

// §5.3 and §5.4.2 from the leader's side: learn how far the followers are, commit, and send them what they lack.
public sealed partial class RaftNode
{
    private void TickLeader()
    {
        _heartbeatElapsed++;
        _electionElapsed++;
        if (_electionElapsed >= _options.ElectionTicks)
        {
            _electionElapsed = 0;
            if (_options.CheckQuorum)
            {
                CheckQuorum();
            }

            // A successor that does not take over within an election timeout has failed; proposals are taken again.
            TransferTarget = 0;
        }

        if (Role == RaftRole.Leader && _heartbeatElapsed >= _options.HeartbeatTicks)
        {
            _heartbeatElapsed = 0;
            BroadcastHeartbeat();
        }
    }

    private void StepLeader(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Propose:
                Propose(message.Entries);
                return;
            case MessageKind.ReadIndex:
                OnReadRequest(new ReadRequest(message.From, message.Context));
                return;
            case MessageKind.TransferLeader:
                HandOver(message.Context);
                return;
        }

        if (_progress.Find(message.From) is not { } follower)
        {
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.AppendResponse when message.IsRejected:
                OnRejected(follower, message);
                break;
            case MessageKind.AppendResponse:
                OnAccepted(follower, message.Index);
                break;
            case MessageKind.HeartbeatResponse:
                OnHeartbeatAnswered(follower, message);
                break;
        }
    }

    private void OnRejected(Progress follower, in RaftMessage message)
    {
        follower.IsRecentlyActive = true;
        _observer?.OnRejection(this, message);

        // The follower says where its log may match, and the term it has there. Our entries after the last one of at most that term
        // cannot match it either, which skips the rest of a term in one step on this side too.
        var next = message.LogTerm > 0
            ? _log.FindMatchAtMost(message.RejectHint, message.LogTerm).Index
            : message.RejectHint;
        if (message.IsDamaged && message.RejectHint < follower.MatchIndex)
        {
            // What it acknowledged counted when it did; from now on nothing is known about its log.
            follower.StartOver(next + 1);
            _observer?.OnProgressRetreated(this, follower);
            TrySendAppend(follower, isSentEmpty: true);
            return;
        }

        if (follower.TryRetreat(message.Index, next))
        {
            _observer?.OnProgressRetreated(this, follower);
            if (follower.State == ProgressState.Replicate)
            {
                follower.BecomeProbe();
            }

            TrySendAppend(follower, isSentEmpty: true);
        }
    }

    private void OnAccepted(Progress follower, ulong index)
    {
        follower.IsRecentlyActive = true;
        var isProbeAnswered = follower.State == ProgressState.Probe && follower.MatchIndex == index;
        if (!follower.TryAdvance(index) && !isProbeAnswered)
        {
            return;
        }

        switch (follower.State)
        {
            case ProgressState.Probe:
                follower.BecomeReplicate();
                break;
            case ProgressState.Snapshot when follower.MatchIndex + 1 >= FirstIndex:
                // Whatever brought it there, our log goes on where it is; it need not be this very snapshot.
                _observer?.OnSnapshotRecovered(this, follower);
                follower.BecomeProbe();
                follower.BecomeReplicate();
                break;
            case ProgressState.Replicate:
                follower.FreeInflightUpTo(index);
                break;
        }

        if (TryCommit())
        {
            ReleaseDeferredReads();
            BroadcastAppend();
        }
        else if (follower.Id != Id && follower.CanLearnCommit(_log.Committed))
        {
            TrySendAppend(follower, isSentEmpty: true);
        }

        if (follower.Id != Id)
        {
            // The answer made room in the window.
            while (TrySendAppend(follower, isSentEmpty: false))
            {
            }
        }

        if (follower.Id == TransferTarget && follower.MatchIndex == LastIndex)
        {
            TellToCampaign(follower.Id);
        }
    }

    private void OnHeartbeatAnswered(Progress follower, in RaftMessage message)
    {
        follower.IsRecentlyActive = true;
        follower.ResumeFlow();
        if (follower.MatchIndex < LastIndex || follower.State == ProgressState.Probe)
        {
            TrySendAppend(follower, isSentEmpty: true);
        }

        OnReadsConfirmed(message.From, message.Context);
    }

    /// <summary>§5.4.2: counting replicas commits only entries of the current term; those before them are committed along.</summary>
    private bool TryCommit()
    {
        var index = _members.CommittedIndex(_progress);
        if (index <= _log.Committed || !_log.Matches(index, Term))
        {
            return false;
        }

        _log.CommitTo(index);
        return true;
    }

    private void CheckQuorum()
    {
        if (_members.Decide(new ProgressTable.Activity(_progress)) != Quorum.VoteResult.Won)
        {
            _observer?.OnQuorumLost(this);
            BecomeFollower(Term, leader: 0);
        }

        foreach (var member in _progress.Members)
        {
            if (member.Id != Id)
            {
                member.IsRecentlyActive = false;
            }
        }
    }
}
