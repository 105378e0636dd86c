using Bayou.Raft;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>One node of a script with its storage and the storage work that waits. Its state machine is the list of snapshots at every index.</summary>
internal sealed class ScriptNode : IRaftStorage
{
    private readonly List<Snapshot> _history;

    public ScriptNode(RaftOptions options, Snapshot? bootstrap)
    {
        IsAsync = options.AsyncStorageWrites;
        if (bootstrap is not null)
        {
            Stored.ApplySnapshot(bootstrap);
        }

        _history = [bootstrap ?? new Snapshot(0, 0, ConfState.Empty, default)];
        Node = new RaftNode(options, this);
    }

    public RaftNode Node { get; }

    public bool IsAsync { get; }

    public MemoryLog Stored { get; } = new();

    public Queue<RaftMessage> AppendWork { get; } = new();

    public Queue<RaftMessage> ApplyWork { get; } = new();

    public RaftInitialState InitialState => Stored.InitialState;

    public ulong FirstIndex => Stored.FirstIndex;

    public ulong LastIndex => Stored.LastIndex;

    public Snapshot? Snapshot => _history[^1];

    public bool TryGetTerm(ulong index, out ulong term) => Stored.TryGetTerm(index, out term);

    public bool TryGetEntries(ulong low, ulong high, ulong maxBytes, out ReadOnlyMemory<Entry> entries) =>
        Stored.TryGetEntries(low, high, maxBytes, out entries);

    public void Append(HardState? hardState, ReadOnlyMemory<Entry> entries, Snapshot? snapshot)
    {
        if (hardState is { } state)
        {
            Stored.SetHardState(state);
        }

        if (snapshot is not null)
        {
            Stored.ApplySnapshot(snapshot);
        }

        Stored.Append(entries.Span);
    }

    public void Apply(ReadOnlyMemory<Entry> entries)
    {
        foreach (var entry in entries.Span)
        {
            var last = _history[^1];
            var confState = entry.IsConfChange ? Node.ApplyConfChange(entry) : last.ConfState;
            _history.Add(new Snapshot(entry.Index, entry.Term, confState, default));
        }
    }
}
