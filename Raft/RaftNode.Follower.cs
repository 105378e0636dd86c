using Bayou.Raft.Log;

namespace Bayou.Raft;

// §5.3 from the follower's side: take what the leader says, answer what is durable, reject what does not fit.
public sealed partial class RaftNode
{
    private void StepFollower(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case var kind when IsFromLeader(kind):
                _electionElapsed = 0;
                Leader = message.From;
                FollowLeader(message);
                break;
            case MessageKind.Propose:
                Propose(message.Entries);
                break;
            case MessageKind.ReadIndex or MessageKind.TransferLeader when Leader != 0:
                Send(message with { To = Leader, Term = 0 });
                break;
            case MessageKind.ReadIndexResponse:
                _readStates.Add(new ReadState(message.Index, message.Context));
                break;
            case MessageKind.TimeoutNow:
                _observer?.OnTimeoutNowReceived(this, message);
                StartElection(CampaignKind.Transfer);
                break;
        }
    }

    private void FollowLeader(in RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Append:
                OnAppend(message);
                break;
            case MessageKind.Heartbeat:
                OnHeartbeat(message);
                break;
            case MessageKind.Quiesce:
                OnQuiesce(message);
                break;
            default:
                OnSnapshot(message);
                break;
        }
    }

    private void OnHeartbeat(in RaftMessage message)
    {
        if (message.Commit > LastIndex && !VoteRestriction.IsNone)
        {
            ReportLoss(message.From, message.Commit);
            return;
        }

        _log.CommitTo(message.Commit);
        Send(new RaftMessage
        {
            Kind = MessageKind.HeartbeatResponse,
            To = message.From,

            // Whoever may have elected another leader and forgotten it cannot confirm that this one still leads.
            Context = VoteRestriction.IsNoVote ? 0 : message.Context,
        });
    }

    private void OnAppend(in RaftMessage message)
    {
        if (message.Index < _log.Committed)
        {
            // What is committed matches the leader's log for certain: an old or repeated message, answered with how far we are.
            Acknowledge(message.From, _log.Committed, message.Commit);
            return;
        }

        if (!_log.Matches(message.Index, message.LogTerm))
        {
            RejectAppend(message);
            return;
        }

        PutEntries(message.Entries.Span);

        // Only what this message covers is known to match; our log may go on with entries of another leader.
        var lastCovered = message.Index + (ulong)message.Entries.Length;
        _log.CommitTo(Math.Min(message.Commit, lastCovered));
        Acknowledge(message.From, lastCovered, message.Commit);
    }

    /// <summary>Drops a suffix only where an entry contradicts ours: a shorter old message must not shorten the log (§5.3).</summary>
    private void PutEntries(ReadOnlySpan<Entry> entries)
    {
        entries = entries[_log.FindConflict(entries)..];
        if (entries.IsEmpty)
        {
            return;
        }

        ref readonly var first = ref entries[0];
        if (first.Index <= LastIndex)
        {
            _observer?.OnConflict(this, first.Index, _log.TermOrZero(first.Index), first.Term);
        }

        var change = _log.Put(entries);
        if (change != TailChange.Appended)
        {
            _observer?.OnSuffixTruncated(this, first.Index, isWholeTail: change == TailChange.Replaced);
        }
    }

    private void RejectAppend(in RaftMessage message)
    {
        _observer?.OnAppendRejected(this, message);

        // The leader's terms before (Index, LogTerm) are at most LogTerm, so entries of ours with a later term cannot match: one answer
        // takes it past all of them instead of one index at a time.
        var (index, term) = _log.FindMatchAtMost(Math.Min(message.Index, LastIndex), message.LogTerm);
        Send(new RaftMessage
        {
            Kind = MessageKind.AppendResponse,
            To = message.From,
            Index = message.Index,
            IsRejected = true,
            IsDamaged = !VoteRestriction.IsNone,
            RejectHint = index,
            LogTerm = term,
        });
    }

    private void OnSnapshot(in RaftMessage message)
    {
        var snapshot = message.Snapshot ?? throw new ArgumentException("A snapshot message carries a snapshot.", nameof(message));
        if (TryRestore(snapshot))
        {
            _observer?.OnSnapshotRestored(this, snapshot);
            Acknowledge(message.From, LastIndex, snapshot.Index);
        }
        else
        {
            _observer?.OnSnapshotIgnored(this, snapshot);
            Acknowledge(message.From, _log.Committed, snapshot.Index);
        }
    }

    /// <summary>
    /// Replaces the log and the membership by a snapshot. False if it brings nothing. It may be older than the change that made us a member:
    /// the entries after it hold that change.
    /// </summary>
    private bool TryRestore(Snapshot snapshot)
    {
        if (snapshot.Index <= _log.Committed)
        {
            return false;
        }

        if (_log.Matches(snapshot.Index, snapshot.Term))
        {
            // All of it is in our log already; we only learn that it is committed.
            _log.CommitTo(snapshot.Index);
            return false;
        }

        _observer?.OnSnapshotRestoring(this, snapshot);
        _log.Restore(snapshot);
        RestoreMembers(snapshot.ConfState, snapshot.Index);
        return true;
    }

    /// <summary>Says that the log equals the leader's up to an index; without a vote only up to what the leader has committed anyway.</summary>
    private void Acknowledge(ulong leader, ulong index, ulong leaderCommit) =>
        AnswerAppend(leader, VoteRestriction.IsNoVote ? Math.Min(index, leaderCommit) : index);

    private void AnswerAppend(ulong leader, ulong index) =>
        Send(new RaftMessage { Kind = MessageKind.AppendResponse, To = leader, Index = index });
}
