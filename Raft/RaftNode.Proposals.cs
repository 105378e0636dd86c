using Bayou.Raft.Log;
using Bayou.Raft.Membership;

namespace Bayou.Raft;

// How entries get into the leader's log.
public sealed partial class RaftNode
{
    /// <summary>Data bytes of this leader's entries that are not applied yet.</summary>
    private ulong _uncommittedBytes;

    /// <summary>Proposes one entry. The data is kept by reference.</summary>
    public ProposeResult Propose(ReadOnlyMemory<byte> data) => Propose(new ReadOnlySpan<ReadOnlyMemory<byte>>(in data));

    /// <summary>Proposes entries that follow one another in the log; all are taken, or none.</summary>
    /// <exception cref="ArgumentException">The batch is empty.</exception>
    public ProposeResult Propose(ReadOnlySpan<ReadOnlyMemory<byte>> batch)
    {
        if (batch.IsEmpty)
        {
            throw new ArgumentException("A batch holds at least one entry.", nameof(batch));
        }

        if (Role != RaftRole.Leader)
        {
            return ProposeElsewhere(ToEntries(batch));
        }

        var bytes = 0ul;
        foreach (ref readonly var data in batch)
        {
            bytes += (ulong)data.Length;
        }

        if (Refusal(bytes) is { } refusal)
        {
            _observer?.OnProposalRefused(this, refusal);
            return new ProposeResult(refusal);
        }

        _uncommittedBytes += bytes;
        var first = LastIndex + 1;
        AppendOwn(batch);
        BroadcastAppend();
        return new ProposeResult(ProposeOutcome.Accepted, first, Term);
    }

    /// <summary>Proposes a membership change.</summary>
    /// <param name="change">What to change.</param>
    /// <param name="kind">How it is written; <see cref="EntryKind.ConfChange"/> only for a single step.</param>
    public ProposeResult ProposeConfChange(ConfChange change, EntryKind kind = EntryKind.ConfChangeV2)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (kind == EntryKind.Normal || (kind == EntryKind.ConfChange && change.EntersJoint))
        {
            throw new ArgumentException($"This change cannot be written as {kind}.", nameof(kind));
        }

        return Propose(new[] { new Entry(0, 0, kind, change.Encode()) });
    }

    private ProposeResult Propose(ReadOnlyMemory<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            throw new ArgumentException("A proposal holds at least one entry.", nameof(entries));
        }

        if (Role != RaftRole.Leader)
        {
            return ProposeElsewhere(entries);
        }

        var bytes = RaftLog.DataBytesOf(entries.Span);
        if (Refusal(bytes) is { } refusal)
        {
            _observer?.OnProposalRefused(this, refusal);
            return new ProposeResult(refusal);
        }

        // A refused change leaves an empty entry behind, so that the numbers of a batch stay what they are.
        var first = LastIndex + 1;
        var outcome = ProposeOutcome.Accepted;
        var own = new Entry[entries.Length];
        for (var i = 0; i < own.Length; i++)
        {
            var (kind, data) = (entries.Span[i].Kind, entries.Span[i].Data);
            if (kind != EntryKind.Normal && !TryAcceptConfChange(ConfChange.Decode(data), first + (ulong)i))
            {
                (kind, data, outcome) = (EntryKind.Normal, default, ProposeOutcome.ConfChangeRefused);
            }

            own[i] = new Entry(first + (ulong)i, Term, kind, data);
        }

        _uncommittedBytes += bytes;
        _log.Put(own);
        AnswerAppend(Id, LastIndex);
        BroadcastAppend();
        return new ProposeResult(outcome, first, Term);
    }

    /// <summary>Writes entries of the current term at the end of the log. They count for this replica once they are durable.</summary>
    private void AppendOwn(ReadOnlySpan<ReadOnlyMemory<byte>> batch)
    {
        var index = LastIndex;
        var tail = _log.Tail;
        tail.Reserve(batch.Length);
        foreach (ref readonly var data in batch)
        {
            tail.Add(new Entry(++index, Term, EntryKind.Normal, data));
        }

        AnswerAppend(Id, index);
    }

    private ProposeOutcome? Refusal(ulong bytes)
    {
        if (_progress.Find(Id) is null)
        {
            return ProposeOutcome.NotMember;
        }

        if (TransferTarget != 0)
        {
            return ProposeOutcome.TransferInProgress;
        }

        // One proposal passes whatever its size, and an empty one always: leaders need theirs, and leaving a joint configuration is one.
        var isTooMuch = _options.MaxUncommittedBytes != 0
            && _uncommittedBytes > 0
            && bytes > 0
            && _uncommittedBytes + bytes > _options.MaxUncommittedBytes;
        return isTooMuch ? ProposeOutcome.TooMuchUncommitted : null;
    }

    private ProposeResult ProposeElsewhere(ReadOnlyMemory<Entry> entries)
    {
        // Within a candidate no leader is known.
        var outcome = Leader == 0 ? ProposeOutcome.NoLeader
            : _options.ForwardProposals ? ProposeOutcome.Forwarded
            : ProposeOutcome.NotLeader;
        if (outcome == ProposeOutcome.Forwarded)
        {
            Send(new RaftMessage { Kind = MessageKind.Propose, To = Leader, Entries = entries });
        }
        else
        {
            _observer?.OnProposalRefused(this, outcome);
        }

        return new ProposeResult(outcome);
    }

    private static Entry[] ToEntries(ReadOnlySpan<ReadOnlyMemory<byte>> batch)
    {
        var entries = new Entry[batch.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new Entry(0, 0, EntryKind.Normal, batch[i]);
        }

        return entries;
    }
}
