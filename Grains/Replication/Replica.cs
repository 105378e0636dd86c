using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// This silo's replica of one group: drives a <see cref="RaftNode"/> with what arrives, gives its entries to the journal, and
/// applies what is committed. A replica sleeps until something is asked of it; a sleeping one costs its state machine and
/// nothing else.
/// <para>
/// Everything below <see cref="Post"/> runs on the group's worker. Answers to proposers leave only after the entry was durable on
/// a quorum and applied.
/// </para>
/// </summary>
internal sealed class Replica
{
    /// <summary>The only member of a group while there is one replica.</summary>
    private const ulong OwnId = 1;

    private readonly ReplicaWorker _worker;
    private readonly SiloStore _store;
    private readonly IReplicatedStateMachine _machine;
    private readonly MemoryLog _log;
    private readonly Queue<Proposal> _waiting = new();
    private readonly Queue<(ulong Index, ulong Term, Proposal Proposal)> _proposed = new();
    private readonly Queue<JournalCompletion> _writing = new();
    private readonly Stack<JournalCompletion> _idleWrites = new();
    private readonly List<ReadOnlyMemory<byte>> _commands = [];
    private RaftNode? _node;
    private bool _isNew;
    private ulong _leadingTerm;
    private ulong _appliedIndex;
    private ulong _appliedTerm;
    private HardState _durableHardState;

    public Replica(GroupId group, ReplicaWorker worker, SiloStore store, IReplicatedStateMachine machine, RecoveredGroup? recovered)
    {
        Group = group;
        _worker = worker;
        _store = store;
        _machine = machine;
        _isNew = recovered is null;
        var members = ConfState.OfVoters(OwnId);
        if (recovered is null)
        {
            _log = new MemoryLog(members);
            return;
        }

        _appliedIndex = recovered.AppliedIndex;
        _appliedTerm = recovered.AppliedTerm;
        _durableHardState = new HardState(recovered.HardState.Term, recovered.HardState.Vote, Math.Max(recovered.HardState.Commit, _appliedIndex));
        _log = new MemoryLog(_durableHardState, members, _appliedIndex, _appliedTerm);
        _log.Append([.. recovered.Entries.Select(entry => new Entry(entry.Index, entry.Term, (EntryKind)entry.Kind, entry.Data))]);
    }

    public GroupId Group { get; }

    /// <summary>For the worker: the replica has something to hand out.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Queues a task for the group's worker. Any thread.</summary>
    public void Post(ReplicaTask task) => _worker.Post(task);

    /// <summary>Queues a task for whoever lets the worker run next. Any thread.</summary>
    public void Enqueue(ReplicaTask task) => _worker.Enqueue(task);

    /// <summary>Lets the worker run, on this thread if it is free.</summary>
    public void Run() => _worker.Run();

    /// <summary>Proposes one command; completed with what applying it returned.</summary>
    public Task<object?> ProposeAsync(ReadOnlyMemory<byte> command)
    {
        var proposal = new CommandProposal(this, command);
        Post(proposal);
        return proposal.Applied;
    }

    /// <summary>Reads on the worker.</summary>
    public Task<T> QueryAsync<T>(Func<T> read)
    {
        var query = new ReplicaQuery<T>(this, read);
        Post(query);
        return query.Answer;
    }

    /// <summary>On the worker: takes a proposal whose turn has come.</summary>
    public void Admit(Proposal proposal)
    {
        Wake();
        _waiting.Enqueue(proposal);
    }

    public void OnDurable(JournalCompletion completion)
    {
        if (_writing.Dequeue() != completion)
        {
            throw new InvalidOperationException($"The journal completed writes of group {Group} out of order.");
        }

        if (completion.Write.HardState is { } hardState)
        {
            _durableHardState = new HardState(hardState.Term, hardState.Vote, hardState.Commit);
            _log.SetHardState(_durableHardState);
        }

        _log.Append(completion.Entries.Span);
        StepAll(completion.Responses);
        completion.Write.Clear();
        completion.Entries = default;
        completion.Responses = [];
        _idleWrites.Push(completion);
    }

    /// <summary>Proposes what waits, then hands out everything the node has to say.</summary>
    public void ProcessReady()
    {
        if (_node is not { } node)
        {
            return;
        }

        do
        {
            ProposeWaiting(node);
            while (node.HasReady)
            {
                Handle(node, node.TakeReady());
            }
        }
        while (_waiting.Count > 0 && CanPropose(node));
    }

    /// <summary>
    /// The state for a checkpoint whose journal file has begun. What the journal holds beyond that state goes into the new file
    /// once more, since the old ones are about to be reused.
    /// </summary>
    public GroupCheckpoint Capture()
    {
        var again = new JournalWrite { Group = Group };
        if (_log.LastIndex > _appliedIndex
            && _log.TryGetEntries(_appliedIndex + 1, _log.LastIndex + 1, ulong.MaxValue, out var unapplied))
        {
            Copy(unapplied.Span, again.Entries);
        }

        if (again.Entries.Count > 0)
        {
            _store.Append(again);
        }

        foreach (var completion in _writing)
        {
            var copy = new JournalWrite { Group = Group, HardState = completion.Write.HardState };
            copy.Entries.AddRange(completion.Write.Entries);
            _store.Append(copy);
        }

        return new GroupCheckpoint
        {
            Group = Group,
            HardState = new StoredHardState(_durableHardState.Term, _durableHardState.Vote, _durableHardState.Commit),
            AppliedIndex = _appliedIndex,
            AppliedTerm = _appliedTerm,
            State = _machine.Save(),
        };
    }

    private static void Copy(ReadOnlySpan<Entry> entries, List<JournalEntry> target)
    {
        foreach (ref readonly var entry in entries)
        {
            target.Add(new JournalEntry(entry.Index, entry.Term, (byte)entry.Kind, entry.Data));
        }
    }

    private void Wake()
    {
        if (_node is not null)
        {
            return;
        }

        _node = new RaftNode(
            new RaftOptions
            {
                Id = OwnId,
                Applied = _appliedIndex,
                Random = new Random(unchecked((int)Group.Value)),
                MaxUncommittedBytes = 0,
                MaxEntriesBytesPerMessage = 4 << 20,
            },
            _log);
        _node.Campaign();
    }

    private bool CanPropose(RaftNode node) => _leadingTerm != 0 && _leadingTerm == node.Term && node.Role == RaftRole.Leader;

    private void ProposeWaiting(RaftNode node)
    {
        while (_waiting.Count > 0 && CanPropose(node))
        {
            var proposal = _waiting.Dequeue();
            _commands.Clear();
            proposal.Prepare(node.Term, _commands);
            var result = node.Propose(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_commands));
            if (result.IsAccepted)
            {
                _proposed.Enqueue((result.FirstIndex, result.Term, proposal));
            }
            else
            {
                proposal.Fail(new ReplicaUnavailableException($"Group {Group} does not take proposals now: {result.Outcome}."));
            }
        }
    }

    private void Handle(RaftNode node, in Ready ready)
    {
        foreach (ref readonly var message in ready.Messages)
        {
            switch (message.Kind)
            {
                case MessageKind.StorageAppend:
                    Write(message);
                    break;
                case MessageKind.StorageApply:
                    Apply(node, message.Entries.Span);
                    StepAll(message.Responses);
                    break;
                default:
                    throw new InvalidOperationException($"Group {Group} has no peers to send {message.Kind} to.");
            }
        }
    }

    private void Write(in RaftMessage message)
    {
        if (!_idleWrites.TryPop(out var completion))
        {
            completion = new JournalCompletion(this);
        }

        completion.Entries = message.Entries;
        completion.Responses = message.Responses;
        var write = completion.Write;
        write.GroupCreated = _isNew;
        _isNew = false;
        if (message.HardState is { } hardState)
        {
            write.HardState = new StoredHardState(hardState.Term, hardState.Vote, hardState.Commit);
        }

        Copy(message.Entries.Span, write.Entries);
        _writing.Enqueue(completion);
        _store.Append(write);
    }

    private void Apply(RaftNode node, ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Index != _appliedIndex + 1)
            {
                throw new InvalidOperationException($"Group {Group} is to apply entry {entry.Index} after {_appliedIndex}.");
            }

            var result = entry.Kind == EntryKind.Normal && !entry.Data.IsEmpty ? _machine.Apply(entry.Index, entry.Data) : null;
            _appliedIndex = entry.Index;
            _appliedTerm = entry.Term;
            CompleteProposal(entry, result);
            if (entry.Term == node.Term && node.Role == RaftRole.Leader && _leadingTerm != node.Term)
            {
                _leadingTerm = node.Term;
                _machine.OnLeading(node.Term);
            }
        }

        // Messages are in the segments from here on, and the journal has what a restart needs: one replica reads no older entries.
        _log.Compact(Math.Min(_appliedIndex, _log.LastIndex));
        _machine.OnApplied();
    }

    private void CompleteProposal(in Entry entry, object? result)
    {
        if (!_proposed.TryPeek(out var next) || next.Index > entry.Index)
        {
            return;
        }

        _proposed.Dequeue();
        if (next.Index == entry.Index && next.Term == entry.Term)
        {
            next.Proposal.Complete(result);
        }
        else
        {
            next.Proposal.Fail(new ReplicaUnavailableException($"Group {Group} has a new leader; whether the proposal is in its log is unknown."));
        }
    }

    private void StepAll(IReadOnlyList<RaftMessage> responses)
    {
        for (var i = 0; i < responses.Count; i++)
        {
            _node!.Step(responses[i]);
        }
    }
}
