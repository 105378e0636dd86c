using Bayou.Raft;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>What a replica gives to the journal, in order, and has not been told to be durable.</summary>
internal sealed class JournalFeed(Replica replica, SiloStore store)
{
    private readonly Queue<JournalCompletion> _underWay = new();
    private readonly Stack<JournalCompletion> _idle = new();

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
        store.Append(write);
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

    /// <summary>Writes entries that are durable already into the present journal file.</summary>
    public void WriteAgain(ReadOnlySpan<Entry> entries)
    {
        var again = new JournalWrite { Group = replica.Group };
        Copy(entries, again.Entries);
        if (again.Entries.Count > 0)
        {
            store.Append(again);
        }
    }

    /// <summary>The same for what is under way: it may have gone into the file before.</summary>
    public void RepeatUnderWay()
    {
        foreach (var completion in _underWay)
        {
            var copy = new JournalWrite { Group = replica.Group, HardState = completion.Write.HardState, Snapshot = completion.Write.Snapshot };
            copy.Entries.AddRange(completion.Write.Entries);
            store.Append(copy);
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
