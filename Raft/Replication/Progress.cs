namespace Bayou.Raft.Replication;

/// <summary>
/// What the leader knows about one replica's log. Its transitions:
/// <code>
///   Probe --answer matches--> Replicate --rejected, or unreachable--> Probe
///   Probe, Replicate --entries compacted--> Snapshot --installed, or failed--> Probe
/// </code>
/// Invariant: MatchIndex &lt; NextIndex. In Replicate, entries in (MatchIndex, NextIndex) are in flight.
/// </summary>
public sealed class Progress
{
    private readonly Inflights _inflights;

    /// <summary>
    /// The highest commit index the replica has been told, as far as messages arrive. May lie beyond what it can commit yet;
    /// then it commits up to the end of its log.
    /// </summary>
    private ulong _sentCommit;

    internal Progress(ulong id, ulong nextIndex, int maxInflightMessages, ulong maxInflightBytes, bool isLearner)
    {
        Id = id;
        NextIndex = Math.Max(nextIndex, 1);
        IsLearner = isLearner;
        _inflights = new Inflights(maxInflightMessages, maxInflightBytes);
    }

    private Progress(Progress source, bool isLearner)
    {
        Id = source.Id;
        IsLearner = isLearner;
        State = source.State;
        MatchIndex = source.MatchIndex;
        NextIndex = source.NextIndex;
        PendingSnapshot = source.PendingSnapshot;
        IsRecentlyActive = source.IsRecentlyActive;
        IsFlowPaused = source.IsFlowPaused;
        _sentCommit = source._sentCommit;
        _inflights = source._inflights;
    }

    /// <summary>The replica.</summary>
    public ulong Id { get; }

    /// <summary>Whether it has no vote.</summary>
    public bool IsLearner { get; }

    /// <summary>How it is fed.</summary>
    public ProgressState State { get; private set; }

    /// <summary>The highest entry known to be durable there and equal to the leader's.</summary>
    public ulong MatchIndex { get; private set; }

    /// <summary>The next entry to send.</summary>
    public ulong NextIndex { get; private set; }

    /// <summary>The index of the snapshot it is being sent; 0 in the other states.</summary>
    public ulong PendingSnapshot { get; private set; }

    /// <summary>Whether anything was heard from it since the last check of the quorum.</summary>
    public bool IsRecentlyActive { get; internal set; }

    /// <summary>Whether nothing more is sent until an answer arrives.</summary>
    public bool IsPaused => IsFlowPaused || State == ProgressState.Snapshot;

    /// <summary>Appends sent and not answered.</summary>
    public int InflightCount => _inflights.Count;

    /// <summary>Whether the window of appends is full.</summary>
    public bool IsWindowFull => _inflights.IsFull;

    private bool IsFlowPaused { get; set; }

    internal void BecomeProbe()
    {
        // After a snapshot the replica is expected to be at its index, even if its answer has not arrived.
        var next = State == ProgressState.Snapshot ? Math.Max(MatchIndex, PendingSnapshot) + 1 : MatchIndex + 1;
        Enter(ProgressState.Probe);
        NextIndex = next;
        LimitSentCommit();
    }

    internal void BecomeReplicate()
    {
        Enter(ProgressState.Replicate);
        NextIndex = MatchIndex + 1;
    }

    internal void BecomeSnapshot(ulong index)
    {
        Enter(ProgressState.Snapshot);
        PendingSnapshot = index;
        NextIndex = index + 1;
        _sentCommit = index;
    }

    /// <summary>Forgets a snapshot that did not arrive.</summary>
    internal void AbandonSnapshot() => PendingSnapshot = 0;

    internal void PauseFlow() => IsFlowPaused = true;

    internal void ResumeFlow() => IsFlowPaused = false;

    internal void OnSent(int entryCount, ulong bytes, ulong commit)
    {
        _sentCommit = commit;
        if (State == ProgressState.Replicate)
        {
            if (entryCount > 0)
            {
                NextIndex += (ulong)entryCount;
                _inflights.Add(NextIndex - 1, bytes);
            }

            // In a full window only empty appends go out, one per heartbeat answer, so that lost messages are noticed.
            IsFlowPaused = _inflights.IsFull;
        }
        else if (State == ProgressState.Probe)
        {
            IsFlowPaused |= entryCount > 0;
        }
        else
        {
            throw new RaftInvariantException($"An append was sent to {Id}, which waits for a snapshot.");
        }
    }

    internal void OnCommitSent(ulong commit) => _sentCommit = commit;

    /// <summary>Whether telling the replica this commit index would get it further.</summary>
    internal bool CanLearnCommit(ulong commit) => commit > _sentCommit && _sentCommit < NextIndex - 1;

    /// <summary>The replica has everything up to <paramref name="index"/>. False if that is old news.</summary>
    internal bool TryAdvance(ulong index)
    {
        if (index <= MatchIndex)
        {
            return false;
        }

        MatchIndex = index;
        NextIndex = Math.Max(NextIndex, index + 1);
        IsFlowPaused = false;
        return true;
    }

    internal void FreeInflightUpTo(ulong index) => _inflights.FreeUpTo(index);

    /// <summary>
    /// The replica rejected an append after <paramref name="rejected"/> and says that the logs may match at
    /// <paramref name="matchHint"/>. False if the rejection is out of date.
    /// </summary>
    internal bool TryRetreat(ulong rejected, ulong matchHint)
    {
        switch (State)
        {
            case ProgressState.Replicate when rejected > MatchIndex:
                NextIndex = MatchIndex + 1;
                break;

            // A probe has one append in flight: any other rejected index belongs to an earlier one.
            case ProgressState.Probe when rejected == NextIndex - 1:
                NextIndex = Math.Max(Math.Min(rejected, matchHint + 1), MatchIndex + 1);
                IsFlowPaused = false;
                break;
            default:
                return false;
        }

        LimitSentCommit();
        return true;
    }

    /// <summary>The replica lost entries that it had acknowledged.</summary>
    internal void StartOver(ulong nextIndex)
    {
        Reset(nextIndex, matchIndex: 0);
        IsRecentlyActive = true;
    }

    /// <summary>The leader wakes, and the replica has everything.</summary>
    internal void Resume(ulong lastIndex)
    {
        Reset(lastIndex + 1, lastIndex);
        State = ProgressState.Replicate;
        IsRecentlyActive = true;
        _sentCommit = lastIndex;
    }

    /// <summary>Starts over in a new term.</summary>
    internal void Reset(ulong nextIndex, ulong matchIndex)
    {
        Enter(ProgressState.Probe);
        NextIndex = nextIndex;
        MatchIndex = matchIndex;
        IsRecentlyActive = false;
        _sentCommit = 0;
    }

    /// <summary>The same replica, with or without a vote.</summary>
    internal Progress As(bool isLearner) => isLearner == IsLearner ? this : new Progress(this, isLearner);

    private void Enter(ProgressState state)
    {
        State = state;
        IsFlowPaused = false;
        PendingSnapshot = 0;
        _inflights.Clear();
    }

    private void LimitSentCommit() => _sentCommit = Math.Min(_sentCommit, NextIndex - 1);
}
