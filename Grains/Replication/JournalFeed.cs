using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>What a replica gives to the journal, in order, and has not been told to be durable.</summary>
internal sealed class JournalFeed(Replica replica, SiloStore store)
{
    private readonly Queue<JournalCompletion> _underWay = new();
    private readonly Stack<JournalCompletion> _idle = new();

    private JournalCompletion? _newest;

    public bool IsIdle => _underWay.Count == 0;

    /// <summary>Queues what a <see cref="MessageKind.StorageAppend"/> asks for.</summary>
    public void Write(in RaftMessage message, StoredSnapshot? snapshot)
    {
        if (!_idle.TryPop(out var completion))
        {
            completion = new JournalCompletion(replica);
        }

        completion.Entries = message.Entries;
        completion.Snapshot = message.Snapshot;
        completion.Responses = message.Responses;
        var write = completion.Write;
        write.Snapshot = snapshot;
        if (message.HardState is { } hardState)
        {
            write.HardState = new StoredHardState(hardState.Term, hardState.Vote, hardState.Commit);
        }

        Copy(message.Entries.Span, write.Entries);
        _underWay.Enqueue(completion);
        _newest = completion;
        store.Append(write);
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
