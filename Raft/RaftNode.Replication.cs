using Bayou.Raft.Log;
using Bayou.Raft.Replication;

namespace Bayou.Raft;

// What the leader sends: appends, snapshots and heartbeats.
public sealed partial class RaftNode
{
    /// <summary>A replica could not be reached: messages to it were probably lost.</summary>
    public void ReportUnreachable(ulong replica)
    {
        if (Role != RaftRole.Leader || _progress.Find(replica) is not { } follower)
        {
            return;
        }

        // Entries that were sent ahead may be lost; find out where the follower is.
        if (follower.State == ProgressState.Replicate)
        {
            follower.BecomeProbe();
        }

        _observer?.OnUnreachable(this, follower);
    }

    /// <summary>
    /// What became of the snapshot for a replica. Until this is called, or the replica is heard to have caught up, it is sent nothing.
    /// </summary>
    public void ReportSnapshot(ulong replica, bool isInstalled)
    {
        if (Role != RaftRole.Leader || _progress.Find(replica) is not { State: ProgressState.Snapshot } follower)
        {
            return;
        }

        if (!isInstalled)
        {
            follower.AbandonSnapshot();
        }

        follower.BecomeProbe();

        // If it is installed, its own answer is on the way; if not, the next heartbeat is soon enough for another try.
        follower.PauseFlow();
    }

    /// <summary>
    /// Whether a member has everything that is committed and takes entries as they come, as seen by this leader: whether a learner may be given
    /// a vote without holding up commits. False for strangers, and on a replica that does not lead.
    /// </summary>
    public bool IsCaughtUp(ulong replica) =>
        Role == RaftRole.Leader
        && _progress.Find(replica) is { State: ProgressState.Replicate } member
        && member.MatchIndex >= _log.Committed;

    private void BroadcastAppend()
    {
        foreach (var member in _progress.Members)
        {
            if (member.Id != Id)
            {
                TrySendAppend(member, isSentEmpty: true);
            }
        }
    }

    private void BroadcastHeartbeat()
    {
        foreach (var member in _progress.Members)
        {
            if (member.Id == Id)
            {
                continue;
            }

            // A follower must not commit beyond what is known to match there.
            var commit = Math.Min(member.MatchIndex, _log.Committed);
            Send(new RaftMessage
            {
                Kind = MessageKind.Heartbeat,
                To = member.Id,
                Commit = commit,
                Context = _reads.LastPosition,
            });
            member.OnCommitSent(commit);
        }
    }

    /// <summary>
    /// Sends what the follower lacks as far as its window allows, or nothing. An append without entries still tells the commit index;
    /// it is sent only if <paramref name="isSentEmpty"/>. True if a message went out.
    /// </summary>
    private bool TrySendAppend(Progress follower, bool isSentEmpty)
    {
        if (follower.IsPaused)
        {
            return false;
        }

        var previous = follower.NextIndex - 1;
        if (!_log.TryGetTerm(previous, out var previousTerm))
        {
            return TrySendSnapshot(follower);
        }

        // Into a full window only an append without entries goes: its answer shows whether those in flight have arrived.
        ReadOnlyMemory<Entry> entries = default;
        var mayCarry = follower.State != ProgressState.Replicate || !follower.IsWindowFull;
        var isCompacted = mayCarry && !_log.TryRead(follower.NextIndex, _options.MaxEntriesBytesPerMessage, out entries);
        if (entries.IsEmpty && !isSentEmpty)
        {
            return false;
        }

        if (isCompacted)
        {
            return TrySendSnapshot(follower);
        }

        Send(new RaftMessage
        {
            Kind = MessageKind.Append,
            To = follower.Id,
            Index = previous,
            LogTerm = previousTerm,
            Entries = entries,
            Commit = _log.Committed,
        });
        follower.OnSent(entries.Length, RaftLog.DataBytesOf(entries.Span), _log.Committed);
        return true;
    }

    private bool TrySendSnapshot(Progress follower)
    {
        // One that is not heard of would not get it, and snapshots are large.
        if (!follower.IsRecentlyActive || _log.Snapshot is not { } snapshot)
        {
            return false;
        }

        if (snapshot.Index + 1 < FirstIndex)
        {
            throw new RaftInvariantException($"The snapshot at {snapshot.Index} does not reach the first entry {FirstIndex}.");
        }

        _observer?.OnSnapshotSending(this, snapshot, follower);
        follower.BecomeSnapshot(snapshot.Index);
        _observer?.OnSnapshotSent(this, follower);
        Send(new RaftMessage { Kind = MessageKind.Snapshot, To = follower.Id, Snapshot = snapshot });
        return true;
    }
}
