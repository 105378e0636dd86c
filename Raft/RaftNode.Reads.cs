namespace Bayou.Raft;

// §6.4 of the thesis: linearizable reads without writing to the log.
public sealed partial class RaftNode
{
    private readonly ReadQueue _reads = new();

    /// <summary>
    /// Asks for an index at which a local read is linearizable. The answer is a <see cref="ReadState"/> with the same context in a later
    /// <see cref="Ready"/>; if there is no leader, or leadership changes, it never comes and the caller asks again.
    /// </summary>
    public void ReadIndex(ulong context)
    {
        if (Role == RaftRole.Leader)
        {
            OnReadRequest(new ReadRequest(Id, context));
        }
        else if (Role == RaftRole.Follower && Leader != 0)
        {
            Send(new RaftMessage { Kind = MessageKind.ReadIndex, To = Leader, Context = context });
        }
    }

    private void OnReadRequest(ReadRequest request)
    {
        if (!_log.Matches(_log.Committed, Term))
        {
            // This holds for a single voter too: it may have been restarted with a commit index older than what it had answered.
            _reads.Deferred.Add(request);
        }
        else
        {
            ConfirmRead(request);
        }
    }

    private void ReleaseDeferredReads()
    {
        if (_reads.Deferred.Count == 0)
        {
            return;
        }

        foreach (var request in _reads.Deferred)
        {
            ConfirmRead(request);
        }

        _reads.Deferred.Clear();
    }

    private void ConfirmRead(ReadRequest request)
    {
        if (_members.IsSingleVoter || _options.ReadOnlyOption == ReadOnlyOption.LeaseBased)
        {
            AnswerRead(request, _log.Committed);
            return;
        }

        _reads.Add(request, _log.Committed);
        _reads.Acknowledge(Id, _reads.LastPosition);
        BroadcastHeartbeat();
    }

    private void OnReadsConfirmed(ulong follower, ulong position)
    {
        if (_options.ReadOnlyOption != ReadOnlyOption.Safe || position == 0)
        {
            return;
        }

        _reads.Acknowledge(follower, position);
        var confirmed = _members.CommittedIndex(_reads);
        while (_reads.TryTake(confirmed, out var request, out var index))
        {
            AnswerRead(request, index);
        }
    }

    private void AnswerRead(ReadRequest request, ulong index)
    {
        if (request.From == 0 || request.From == Id)
        {
            _readStates.Add(new ReadState(index, request.Context));
        }
        else
        {
            Send(new RaftMessage { Kind = MessageKind.ReadIndexResponse, To = request.From, Index = index, Context = request.Context });
        }
    }
}
