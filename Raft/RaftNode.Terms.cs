namespace Bayou.Raft;

// Every message enters here: first its term is compared with ours, then it goes to the rule of its kind and of our role.
public sealed partial class RaftNode
{
    /// <summary>
    /// Takes a message from another replica, or a response of this replica's own storage work. Messages of earlier terms, and responses from
    /// replicas that are not members, are ignored.
    /// </summary>
    /// <exception cref="ArgumentException">The message is one that only a storage thread may send, or only they may receive.</exception>
    public void Step(in RaftMessage message)
    {
        CheckOrigin(message);
        if (IsResponseOfStranger(message))
        {
            _observer?.OnStrangerIgnored(this, message);
            return;
        }

        // A word from anybody but its own storage means that somebody is awake.
        _isQuiesced &= RaftMessage.IsStorageThread(message.From);
        if (!AdmitTerm(message))
        {
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.StorageAppendResponse:
                OnStorageAppended(message);
                break;
            case MessageKind.StorageApplyResponse:
                OnStorageApplied(message);
                break;
            case MessageKind.Vote or MessageKind.PreVote:
                OnVoteRequest(message);
                break;
            default:
                StepRole(message);
                break;
        }
    }

    private void StepRole(in RaftMessage message)
    {
        switch (Role)
        {
            case RaftRole.Leader:
                StepLeader(message);
                break;
            case RaftRole.Follower:
                StepFollower(message);
                break;
            default:
                StepCandidate(message);
                break;
        }
    }

    private static void CheckOrigin(in RaftMessage message)
    {
        var isFromThread = RaftMessage.IsStorageThread(message.From);
        var isThreadKind = message.Kind is MessageKind.StorageAppendResponse or MessageKind.StorageApplyResponse;
        if (isFromThread != isThreadKind || message.Kind is MessageKind.StorageAppend or MessageKind.StorageApply)
        {
            throw new ArgumentException($"A {message.Kind} from {message.From} cannot be stepped.", nameof(message));
        }
    }

    private bool IsResponseOfStranger(in RaftMessage message) =>
        message.Kind is MessageKind.AppendResponse or MessageKind.VoteResponse or MessageKind.PreVoteResponse
            or MessageKind.HeartbeatResponse or MessageKind.ReadIndexResponse
        && _progress.Find(message.From) is null;

    /// <summary>§5.1: a later term makes us follow, an earlier one is ignored. False if the message is dealt with.</summary>
    private bool AdmitTerm(in RaftMessage message)
    {
        if (CarriesNoTerm(message.Kind))
        {
            return true;
        }

        if (message.Term == Term)
        {
            CheckElectionSafety(message);
            return true;
        }

        if (message.Term < Term)
        {
            OnEarlierTerm(message);
            return false;
        }

        if (message.Kind is MessageKind.Vote or MessageKind.PreVote && !message.IsTransfer && HoldsLease)
        {
            // A replica that was cut off, or removed, must not depose a leader that we hear from (§6).
            _observer?.OnVoteAnswered(this, message, VoteAnswer.LeaseNotExpired);
            return false;
        }

        // A pre-vote asks about a term that nobody has entered, and a granted one quotes it.
        var isHypothetical = message.Kind == MessageKind.PreVote || (message.Kind == MessageKind.PreVoteResponse && !message.IsRejected);
        if (!isHypothetical)
        {
            _observer?.OnHigherTerm(this, message);
            BecomeFollower(message.Term, IsFromLeader(message.Kind) ? message.From : 0);
        }

        return true;
    }

    /// <summary>Invariant: at most one leader is elected in a term (§5.2). If not, somebody has voted twice, and nothing can be trusted.</summary>
    private void CheckElectionSafety(in RaftMessage message)
    {
        if (IsFromLeader(message.Kind) && Leader != 0 && Leader != message.From)
        {
            throw new RaftInvariantException($"Both {Leader} and {message.From} lead term {Term}.");
        }
    }

    private bool HoldsLease => _options.CheckQuorum && Leader != 0 && _electionElapsed < _options.ElectionTicks;

    private void OnEarlierTerm(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Heartbeat or MessageKind.Append or MessageKind.Quiesce when _options.CheckQuorum || _options.PreVote:
                // We may have moved ahead alone, where nobody will vote for us while the others hear from this leader. Our term makes it
                // step down and wins us back; without the two options we would have deposed it by asking for votes.
                Send(new RaftMessage { Kind = MessageKind.AppendResponse, To = message.From });
                break;
            case MessageKind.PreVote:
                // Without an answer, two candidates with pre-vote could wait for each other at different terms.
                _observer?.OnVoteAnswered(this, message, VoteAnswer.Rejected);
                Send(new RaftMessage { Kind = MessageKind.PreVoteResponse, To = message.From, Term = Term, IsRejected = true });
                break;
            case MessageKind.StorageAppendResponse:
                // Entries written in an earlier term may have been replaced in ours by others of the same index and term that are not
                // durable; only a snapshot is safe to take note of, since it covers what is committed.
                if (message.Index != 0)
                {
                    _observer?.OnStaleMessage(this, message);
                }

                if (message.Snapshot is not null)
                {
                    OnSnapshotStable(message.Snapshot);
                }

                break;
            default:
                _observer?.OnStaleMessage(this, message);
                break;
        }
    }

    private static bool CarriesNoTerm(MessageKind kind) =>
        kind is MessageKind.Propose or MessageKind.ReadIndex or MessageKind.StorageApplyResponse;

    private static bool IsFromLeader(MessageKind kind) =>
        kind is MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot or MessageKind.Quiesce;
}
