using Bayou.Raft.Log;

namespace Bayou.Raft;

// The hand-over of work to the driver, and what comes back from storage.
public sealed partial class RaftNode
{
    /// <summary>Messages that may be sent at once.</summary>
    private List<RaftMessage> _messages = [];

    /// <summary>
    /// Votes and acknowledgements of entries, the replica's own among them. None of them may be seen by anybody, this replica included,
    /// before what it rests on is durable: the hard state and the entries of the next Ready at the latest.
    /// </summary>
    private readonly List<RaftMessage> _messagesAfterAppend = [];

    /// <summary>In the synchronous mode, what this replica tells itself when the present Ready is done.</summary>
    private readonly List<RaftMessage> _stepsOnAdvance = [];

    private List<ReadState> _readStates = [];
    private List<RaftMessage> _spareMessages = [];
    private List<ReadState> _spareReadStates = [];
    private SoftState _reportedSoftState;
    private HardState _reportedHardState;

    /// <summary>Whether <see cref="TakeReady"/> would give anything to do.</summary>
    public bool HasReady =>
        _messages.Count > 0
        || _messagesAfterAppend.Count > 0
        || _log.Tail.HasNextEntries
        || _log.HasNextCommitted(MayApplyUnstable)
        || _readStates.Count > 0
        || _log.Tail.NextSnapshot is not null
        || CurrentHardState != _reportedHardState
        || CurrentSoftState != _reportedSoftState
        || VoteRestriction != _reportedRestriction;

    private SoftState CurrentSoftState => new(Leader, Role, IsQuiesced);

    private HardState CurrentHardState => new(Term, Vote, _log.Committed);

    /// <summary>In the synchronous mode entries are written before they are applied, so that unstable ones may be handed out for both.</summary>
    private bool MayApplyUnstable => !_options.AsyncStorageWrites;

    /// <summary>Everything there is to do now. What it hands out counts as under way from then on.</summary>
    /// <exception cref="InvalidOperationException">In the synchronous mode, the previous one was not advanced.</exception>
    public Ready TakeReady()
    {
        if (_stepsOnAdvance.Count > 0)
        {
            throw new InvalidOperationException("The previous Ready must be passed to Advance first.");
        }

        CheckStillAwake();
        var hardState = CurrentHardState;
        var softState = CurrentSoftState;
        (_messages, _spareMessages) = (_spareMessages, _messages);
        (_readStates, _spareReadStates) = (_spareReadStates, _readStates);
        _messages.Clear();
        _readStates.Clear();
        var entries = _log.Tail.NextEntries;
        var ready = new Ready(_spareMessages, _spareReadStates)
        {
            SoftState = softState != _reportedSoftState ? softState : null,
            HardState = hardState != _reportedHardState ? hardState : null,
            VoteRestriction = VoteRestriction != _reportedRestriction ? VoteRestriction : null,
            Entries = entries,
            Snapshot = _log.Tail.NextSnapshot,
            CommittedEntries = _log.NextCommitted(MayApplyUnstable),

            // §5: the current term, the vote and new entries are on disk before anybody is answered.
            MustSync = !entries.IsEmpty || hardState.Term != _reportedHardState.Term || hardState.Vote != _reportedHardState.Vote,
        };
        if (_options.AsyncStorageWrites)
        {
            HandOutStorageWork(ready, _spareMessages);
        }
        else
        {
            HoldBackOwnSteps(ready, _spareMessages);
        }

        _messagesAfterAppend.Clear();
        _reportedSoftState = softState;
        _reportedHardState = hardState;
        _reportedRestriction = VoteRestriction;
        _log.Tail.AcceptInProgress();
        if (!ready.CommittedEntries.IsEmpty)
        {
            var committed = ready.CommittedEntries.Span;
            _log.AcceptApplying(committed[^1].Index, RaftLog.SizeOf(committed), MayApplyUnstable);
        }

        return ready;
    }

    /// <summary>The work of the last <see cref="Ready"/> is done. Only in the synchronous mode.</summary>
    /// <exception cref="InvalidOperationException">The replica works with asynchronous storage writes.</exception>
    public void Advance(in Ready ready)
    {
        if (_options.AsyncStorageWrites)
        {
            throw new InvalidOperationException("With asynchronous storage writes the responses are stepped instead.");
        }

        foreach (var step in _stepsOnAdvance)
        {
            Step(step);
        }

        _stepsOnAdvance.Clear();
    }

    private void HandOutStorageWork(in Ready ready, List<RaftMessage> messages)
    {
        var needsAppend = !ready.Entries.IsEmpty || ready.HardState is not null || ready.Snapshot is not null || _messagesAfterAppend.Count > 0;
        if (needsAppend)
        {
            if (NeedsAppendResponse(ready))
            {
                _messagesAfterAppend.Add(AppendResponseOf(ready));
            }

            messages.Add(new RaftMessage
            {
                Kind = MessageKind.StorageAppend,
                From = Id,
                To = RaftMessage.AppendThread,
                Term = ready.HardState?.Term ?? 0,
                Vote = ready.HardState?.Vote ?? 0,
                Commit = ready.HardState?.Commit ?? 0,
                Entries = ready.Entries,
                Snapshot = ready.Snapshot,
                Responses = [.. _messagesAfterAppend],
            });
        }

        if (!ready.CommittedEntries.IsEmpty)
        {
            messages.Add(new RaftMessage
            {
                Kind = MessageKind.StorageApply,
                From = Id,
                To = RaftMessage.ApplyThread,
                Entries = ready.CommittedEntries,
                Responses = [ApplyResponseOf(ready)],
            });
        }
    }

    private void HoldBackOwnSteps(in Ready ready, List<RaftMessage> messages)
    {
        foreach (var message in _messagesAfterAppend)
        {
            (message.To == Id ? _stepsOnAdvance : messages).Add(message);
        }

        if (NeedsAppendResponse(ready))
        {
            _stepsOnAdvance.Add(AppendResponseOf(ready));
        }

        if (!ready.CommittedEntries.IsEmpty)
        {
            _stepsOnAdvance.Add(ApplyResponseOf(ready));
        }
    }

    /// <summary>
    /// Whether to ask for news of the tail. Also while earlier writes are in progress: if a term changed meanwhile, their own answers will be
    /// ignored, and only an answer of the current term frees the entries.
    /// </summary>
    private bool NeedsAppendResponse(in Ready ready) => _log.Tail.Count > 0 || ready.Snapshot is not null;

    private RaftMessage AppendResponseOf(in Ready ready) => new()
    {
        // The answer holds for the whole tail: appends are written in the order in which they are handed out. It carries the current term, so
        // that it is ignored if entries are replaced and put back before it arrives (the stable log then holds something else).
        Kind = MessageKind.StorageAppendResponse,
        From = RaftMessage.AppendThread,
        To = Id,
        Term = Term,
        Index = _log.Tail.Count > 0 ? LastIndex : 0,
        LogTerm = _log.Tail.Count > 0 ? LastTerm : 0,
        Snapshot = ready.Snapshot,
    };

    private RaftMessage ApplyResponseOf(in Ready ready) => new()
    {
        Kind = MessageKind.StorageApplyResponse,
        From = RaftMessage.ApplyThread,
        To = Id,
        Entries = ready.CommittedEntries,
    };

    private void OnStorageAppended(in RaftMessage message)
    {
        if (message.Index != 0)
        {
            OnEntriesStable(message.Index, message.LogTerm);
        }

        if (message.Snapshot is not null)
        {
            OnSnapshotStable(message.Snapshot);
        }
    }

    private void OnEntriesStable(ulong index, ulong term)
    {
        var tail = _log.Tail;
        if (!tail.TryGetTerm(index, out var current))
        {
            _observer?.OnUnknownEntryStable(this, index);
        }
        else if (index >= tail.Offset && current != term)
        {
            _observer?.OnReplacedEntryStable(this, index, term, current);
        }
        else if (index >= tail.Offset)
        {
            tail.Stabilize(index);
            LiftFloorIfReached();
        }
    }

    private void OnSnapshotStable(Snapshot snapshot)
    {
        _log.Tail.StabilizeSnapshot(snapshot.Index);
        LiftFloorIfReached();
        OnApplied(snapshot.Index, 0);
    }

    private void OnStorageApplied(in RaftMessage message)
    {
        var entries = message.Entries.Span;
        if (entries.IsEmpty)
        {
            return;
        }

        OnApplied(entries[^1].Index, RaftLog.SizeOf(entries));
        _uncommittedBytes -= Math.Min(_uncommittedBytes, RaftLog.DataBytesOf(entries));
    }

    private void OnApplied(ulong index, ulong bytes)
    {
        _log.AppliedTo(Math.Max(index, _log.Applied), bytes);
        LeaveJointIfDue();
    }

    /// <summary>Puts a message into the next Ready, at once or after the append according to what it promises.</summary>
    private void Send(RaftMessage message)
    {
        var isVoting = message.Kind is MessageKind.Vote or MessageKind.PreVote or MessageKind.VoteResponse or MessageKind.PreVoteResponse;
        if (isVoting != (message.Term != 0))
        {
            throw new RaftInvariantException($"A {message.Kind} must{(isVoting ? string.Empty : " not")} say its own term when it is sent.");
        }

        var term = isVoting || CarriesNoTerm(message.Kind) ? message.Term : Term;
        message = message with { From = message.From == 0 ? Id : message.From, Term = term };
        if (message.Kind is MessageKind.AppendResponse or MessageKind.VoteResponse or MessageKind.PreVoteResponse)
        {
            _messagesAfterAppend.Add(message);
        }
        else if (message.To == Id)
        {
            throw new RaftInvariantException($"A {message.Kind} was addressed to its own sender.");
        }
        else
        {
            _messages.Add(message);
        }
    }
}
