using System.Diagnostics.CodeAnalysis;
using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// What a replica gives to the journal, in order, and has not been told to be durable. A commit index that moved is not worth a
/// sync of its own, as a restart finds it again with a leader's help: it waits for the next write.
/// </summary>
internal sealed class JournalFeed(Replica replica, SiloStore store, HardState stored)
{
    private readonly Queue<JournalCompletion> _underWay = new();
    private readonly Stack<JournalCompletion> _idle = new();

    private JournalCompletion? _newest;
    private HardState _hardState = stored;
    private bool _isWritten = true;

    public bool IsIdle => _underWay.Count == 0;

    /// <summary>Queues what a <see cref="MessageKind.StorageAppend"/> asks for.</summary>
    public void Write(in RaftMessage message, StoredSnapshot? snapshot)
    {
        var completion = NewCompletion();
        completion.Entries = message.Entries;
        completion.Snapshot = message.Snapshot;
        completion.HardState = message.HardState;
        completion.Responses = message.Responses;
        completion.NeedsDisk = ChangesVote(message.HardState) || !message.Entries.IsEmpty || snapshot is not null;
        Queue(completion);
        if (completion.NeedsDisk)
        {
            Append(completion.Write, message.Entries.Span, snapshot);
        }
    }

    /// <summary>
    /// Writes the commit index, if it moved since the last write. What depends on it is a change of members: replicas that had forgotten
    /// that it is complete would ask voters for a leader who may be gone for good.
    /// </summary>
    public void WriteCommit()
    {
        if (!_isWritten)
        {
            WriteState();
        }
    }

    /// <summary>Writes term, vote and commit index as they are, so that the next checkpoint takes the group in.</summary>
    public void WriteState()
    {
        _isWritten = false;
        var completion = NewCompletion();
        completion.NeedsDisk = true;
        Queue(completion);
        Append(completion.Write, [], snapshot: null);
    }

    /// <summary>Lets a restriction take effect with the newest write. False if nothing is under way.</summary>
    public bool TryDefer(VoteRestriction restriction)
    {
        if (IsIdle)
        {
            return false;
        }

        _newest!.Restriction = restriction;
        return true;
    }

    /// <summary>The oldest write, if it was none for the disk: everything before it is durable, and so is it.</summary>
    public bool TryTakeDue([NotNullWhen(true)] out JournalCompletion? completion) =>
        _underWay.TryPeek(out completion) && !completion.NeedsDisk && _underWay.TryDequeue(out completion);

    /// <summary>The oldest write is durable.</summary>
    public void Complete(JournalCompletion completion)
    {
        if (_underWay.Dequeue() != completion)
        {
            throw new InvalidOperationException($"The journal completed writes of group {replica.Group} out of order.");
        }
    }

    public void Recycle(JournalCompletion completion)
    {
        completion.Clear();
        _idle.Push(completion);
    }

    /// <summary>
    /// Writes into the present journal file what a restart needs: the <paramref name="durable"/> entries, and what is under way, which
    /// may have gone into the file before. All of it is one write. Were it several, a power cut between two of them would leave the
    /// journal with an earlier end of the log than the one that was acknowledged before.
    /// </summary>
    public void WriteAgain(ReadOnlySpan<Entry> durable)
    {
        var again = new JournalWrite { Group = replica.Group };
        Copy(durable, again.Entries);
        foreach (var completion in _underWay)
        {
            Follow(again, completion.Write);
        }

        if (again.Entries.Count > 0 || again.HardState is not null || again.Snapshot is not null)
        {
            store.Append(again);
        }
    }

    private JournalCompletion NewCompletion() => _idle.TryPop(out var completion) ? completion : new JournalCompletion(replica);

    private void Queue(JournalCompletion completion)
    {
        _underWay.Enqueue(completion);
        _newest = completion;
    }

    /// <summary>Takes note of a hard state; whether term or vote are others than before.</summary>
    private bool ChangesVote(HardState? hardState)
    {
        if (hardState is not { } next)
        {
            return false;
        }

        var before = _hardState;
        _hardState = next;
        _isWritten = false;
        return (before.Term, before.Vote) != (next.Term, next.Vote);
    }

    private void Append(JournalWrite write, ReadOnlySpan<Entry> entries, StoredSnapshot? snapshot)
    {
        write.Snapshot = snapshot;
        if (!_isWritten)
        {
            write.HardState = new StoredHardState(_hardState.Term, _hardState.Vote, _hardState.Commit);
            _isWritten = true;
        }

        Copy(entries, write.Entries);
        store.Append(write);
    }

    /// <summary>Makes of two writes, the second of which came later, one that does the same.</summary>
    private static void Follow(JournalWrite write, JournalWrite later)
    {
        write.HardState = later.HardState ?? write.HardState;
        if (later.Snapshot is { } snapshot)
        {
            write.Snapshot = snapshot;
            write.Entries.Clear();
        }

        if (later.Entries is [var first, ..])
        {
            write.Entries.RemoveAll(entry => entry.Index >= first.Index);
            write.Entries.AddRange(later.Entries);
        }
    }

    private static void Copy(ReadOnlySpan<Entry> entries, List<JournalEntry> target)
    {
        foreach (ref readonly var entry in entries)
        {
            target.Add(new JournalEntry(entry.Index, entry.Term, (byte)entry.Kind, entry.Data));
        }
    }
}
