using System.Runtime.InteropServices;
using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Records;
using Bayou.Simulation.Run;
using Bayou.Storage;
using PendingBatch = Bayou.Simulation.StandIn.StandInOrder.PendingBatch;

namespace Bayou.Simulation.StandIn;

/// <summary>One group's replica of a stand-in: the real core on the real journal and segments, and the least in between.</summary>
internal sealed class StandInReplica : IRaftObserver
{
    private readonly StandInSilo _silo;
    private readonly SiloStore _store;
    private readonly RunOracle _oracle;
    private readonly MemoryLog _log;
    private readonly RaftNode _node;
    private readonly ChannelLog _messages;
    private readonly Queue<JournalAppend> _writing = new();
    private readonly List<PendingBatch> _pending = [];
    private readonly Dictionary<ulong, StandInOrder> _orders = [];
    private readonly StandInState _state;
    private ulong _nextSequence;
    private ulong _leadingTerm;
    private bool _isNew;

    public StandInReplica(GroupId group, ConfState founders, StandInSilo silo, SiloStore store, SiloEnvironment environment, RecoveredGroup? recovered)
    {
        Group = group;
        _silo = silo;
        _store = store;
        _oracle = environment.Oracle;
        _messages = store.OpenLog(group);
        _isNew = recovered is null;
        var entries = Array.Empty<Entry>();
        _state = recovered is { State.IsEmpty: false } ? StandInState.Restore(recovered.State, out entries) : new StandInState { Members = founders };
        AppliedIndex = recovered?.AppliedIndex ?? 0;
        var hardState = recovered?.HardState ?? default;
        _log = new MemoryLog(new HardState(hardState.Term, hardState.Vote, Math.Max(hardState.Commit, AppliedIndex)), _state.Members, 0, 0);
        _log.Append(entries);
        _log.Append([.. (recovered?.Entries ?? []).Select(static entry => new Entry(entry.Index, entry.Term, (EntryKind)entry.Kind, entry.Data))]);
        _oracle.OnPositioned(environment.Name, group, AppliedIndex);
        _node = new RaftNode(
            new RaftOptions
            {
                Id = silo.Id,
                Applied = AppliedIndex,
                HeartbeatTicks = 2,
                PreVote = environment.Plan.Variation % 5 != 0,
                MaxEntriesBytesPerMessage = environment.Plan.Variation % 2 == 0 ? 0UL : 16 << 10,
                MaxApplyingBytes = 1 << 20,
                Random = new Random(environment.Random.Next()),
                Observer = this,
            },
            _log);
    }

    public GroupId Group { get; }

    public bool IsTouched { get; set; }

    public ulong AppliedIndex { get; private set; }

    public bool IsLeading => _node.Role == RaftRole.Leader && _leadingTerm == _node.Term;

    public ConfState Members => _state.Members;

    public ReplicaView View => new(
        Group, AppliedIndex, _state.Hash, IsLeading, FirstSequence: 1, [.. _state.Members.Voters.Select(_silo.NameOf)], [.. _state.Members.VotersOutgoing.Select(_silo.NameOf)]);

    void IRaftObserver.OnRoleChanged(RaftNode node)
    {
        if (node.Role == RaftRole.Leader)
        {
            _oracle.OnElected(_silo.Name, Group, node.Term, node.LastIndex);
        }
    }

    public void Tick() => _node.Tick();

    public void Step(in RaftMessage message) => _node.Step(message);

    public void TransferTo(ulong successor) => _node.TransferLeadership(successor);

    public void ChangeMembers(IEnumerable<ulong> voters)
    {
        if (!IsLeading)
        {
            return;
        }

        var wanted = voters.ToHashSet();
        var steps = _state.Members.Voters.Concat(_state.Members.Learners).Where(member => !wanted.Contains(member)).Select(static member => new ConfChangeStep(ConfChangeKind.Remove, member))
            .Concat(wanted.Order().Select(static member => new ConfChangeStep(ConfChangeKind.AddVoter, member)));
        _node.ProposeConfChange(new ConfChange { Steps = [.. steps], Transition = ConfChangeTransition.JointImplicit });
    }

    public Task<PublishReply> PublishAsync(RecordBatch header, Memory<byte> bytes)
    {
        if (!IsLeading)
        {
            return Task.FromResult(new PublishReply(PublishOutcome.NotLeader, Leader: _node.Leader == 0 ? null : _silo.NameOf(_node.Leader)));
        }

        ref var order = ref CollectionsMarshal.GetValueRefOrAddDefault(_orders, header.Origin, out _);
        order ??= new StandInOrder(LastNumberOf(header.Origin));
        var batch = new PendingBatch(header, bytes);
        order.Take(batch, out var isOld).ForEach(Propose);

        return isOld ? Recognise(header, batch) : batch.Answer.Task;
    }

    /// <summary>Gives out everything that the node has to say.</summary>
    public void ProcessReady()
    {
        while (_node.HasReady)
        {
            var ready = _node.TakeReady();
            foreach (ref readonly var message in ready.Messages)
            {
                switch (message.Kind)
                {
                    case MessageKind.StorageAppend:
                        Write(message);
                        break;
                    case MessageKind.StorageApply:
                        Apply(message.Entries.Span);
                        StepAll(message.Responses);
                        break;
                    default:
                        _silo.Send(Group, message);
                        break;
                }
            }
        }

        if (_leadingTerm != 0 && !IsLeading)
        {
            Abandon();
        }
    }

    /// <summary>The oldest write is durable.</summary>
    public void OnDurable()
    {
        var append = _writing.Dequeue();
        if (append.HardState is { } hardState)
        {
            _log.SetHardState(hardState);
        }

        _log.Append(append.Entries.Span);
        StepAll(append.Responses);
    }

    /// <summary>
    /// The replica for a checkpoint; what the journal holds beyond it goes into the new file once more. That is one write: a
    /// journal that ended between two would have the first take the place of what was acknowledged after it.
    /// </summary>
    public GroupCheckpoint Capture()
    {
        _log.TryGetEntries(1, AppliedIndex + 1, ulong.MaxValue, out var applied);
        _log.TryGetEntries(AppliedIndex + 1, _log.LastIndex + 1, ulong.MaxValue, out var unapplied);
        var again = new JournalWrite { Group = Group };
        Copy(unapplied.Span, again.Entries);
        foreach (var append in _writing)
        {
            append.AddTo(again);
        }

        _store.Append(again);
        var (stored, _) = _log.InitialState;
        return new GroupCheckpoint
        {
            Group = Group,
            HardState = new StoredHardState(stored.Term, stored.Vote, stored.Commit),
            AppliedIndex = AppliedIndex,
            AppliedTerm = _log.TryGetTerm(AppliedIndex, out var term) ? term : 0,
            State = _state.Save(applied.Span),
        };
    }

    public void Read(Action<ulong, ReadOnlyMemory<byte>> onMessage)
    {
        using var reader = _messages.OpenReader();
        while (reader.TryRead(out var batch))
        {
            foreach (var record in batch)
            {
                onMessage(record.Sequence, record.Payload.ToArray());
            }
        }
    }

    private static void Copy(ReadOnlySpan<Entry> entries, List<JournalEntry> target)
    {
        foreach (ref readonly var entry in entries)
        {
            target.Add(new JournalEntry(entry.Index, entry.Term, (byte)entry.Kind, entry.Data));
        }
    }

    private Task<PublishReply> Recognise(in RecordBatch header, PendingBatch batch)
    {
        var (origin, number) = (header.Origin, header.BatchNumber);
        if (_pending.Find(pending => pending.Header.Origin == origin && pending.Header.BatchNumber == number) is { } underWay)
        {
            _oracle.On(Happening.BatchRecognised);
            return underWay.Answer.Task;
        }

        if (_state.TryFind(origin, number, out var firstSequence))
        {
            _oracle.On(Happening.BatchRecognised);
            batch.Answer.TrySetResult(new PublishReply(PublishOutcome.Stored, firstSequence));
        }
        else
        {
            batch.Answer.TrySetResult(new PublishReply(PublishOutcome.Unknown));
        }

        return batch.Answer.Task;
    }

    private void Propose(PendingBatch batch)
    {
        RecordBatchStamp.Apply(batch.Bytes, _nextSequence, _silo.UnixNanoseconds, _node.Term, accountedBytes: 0);
        var result = _node.Propose(batch.Bytes);
        if (!result.IsAccepted)
        {
            // Leadership is on its way to another. What follows this batch must not be taken either, should it come to nothing.
            batch.Answer.TrySetResult(new PublishReply(PublishOutcome.NotLeader));
            if (_orders.Remove(batch.Header.Origin, out var order))
            {
                order.Abandon();
            }

            return;
        }

        (batch.Index, batch.Term) = (result.FirstIndex, result.Term);
        _nextSequence += (ulong)batch.Header.Count;
        _pending.Add(batch);
        _silo.Touch(this);
    }

    /// <summary>The last batch of an origin that is stored or on its way.</summary>
    private ulong LastNumberOf(ulong origin) => _pending
        .Where(pending => pending.Header.Origin == origin)
        .Select(static pending => pending.Header.BatchNumber)
        .Append(_state.LastNumberOf(origin))
        .Max();

    private void Write(in RaftMessage message)
    {
        var append = new JournalAppend(message.Entries, message.HardState, message.Responses);
        _writing.Enqueue(append);
        var write = new JournalWrite { Group = Group, GroupCreated = _isNew, Completed = _ => _silo.OnDurable(this) };
        append.AddTo(write);
        _isNew = false;
        _store.Append(write);
    }

    private void Apply(ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            _oracle.OnApplied(_silo.Name, Group, entry.Index, entry.Term, entry.Data.Span);
            AppliedIndex = entry.Index;
            if (entry.IsConfChange)
            {
                _state.Members = _node.ApplyConfChange(entry);
                _oracle.OnMembership(_silo.Name, Group, isJoint: _state.Members.VotersOutgoing.Count > 0);
            }
            else if (!entry.Data.IsEmpty)
            {
                Apply(entry);
            }

            if (_node.Role == RaftRole.Leader && entry.Term == _node.Term && _leadingTerm != _node.Term)
            {
                Abandon();
                _leadingTerm = _node.Term;
                _nextSequence = _state.LastSequence + 1;
                _oracle.OnLeading(_silo.Name, Group, _node.Term);
            }
        }
    }

    private void Apply(in Entry entry)
    {
        if (RecordBatch.TryRead(entry.Data, out var batch) is var error and not RecordBatchError.None)
        {
            throw new InvalidDataException($"Entry {entry.Index} of group {Group} is no record batch: {error}.");
        }

        _state.Apply(batch);
        if (batch.BaseSequence > _messages.LastSequence)
        {
            _messages.Append(batch, entry.Index);
        }

        var (index, term) = (entry.Index, entry.Term);
        foreach (var pending in _pending.Where(pending => pending.Index <= index).ToArray())
        {
            _pending.Remove(pending);
            pending.Answer.TrySetResult((pending.Index, pending.Term) == (index, term)
                ? new PublishReply(PublishOutcome.Stored, batch.BaseSequence)
                : new PublishReply(PublishOutcome.Unknown));
        }
    }

    private void Abandon()
    {
        _leadingTerm = 0;
        foreach (var order in _orders.Values)
        {
            order.Abandon();
        }

        _orders.Clear();
        _pending.ForEach(static batch => batch.Answer.TrySetResult(new PublishReply(PublishOutcome.Unknown)));
        _pending.Clear();
    }

    private void StepAll(IReadOnlyList<RaftMessage> responses)
    {
        foreach (var response in responses)
        {
            if (response.To == _silo.Id)
            {
                _node.Step(response);
            }
            else
            {
                _silo.Send(Group, response);
            }
        }
    }

    private sealed record JournalAppend(ReadOnlyMemory<Entry> Entries, HardState? HardState, IReadOnlyList<RaftMessage> Responses)
    {
        /// <summary>Adds to a write what this one changes; entries take the place of those of the same or a higher index.</summary>
        public void AddTo(JournalWrite write)
        {
            if (HardState is { } hardState)
            {
                write.HardState = new StoredHardState(hardState.Term, hardState.Vote, hardState.Commit);
            }

            if (!Entries.IsEmpty)
            {
                write.Entries.RemoveAll(entry => entry.Index >= Entries.Span[0].Index);
                Copy(Entries.Span, write.Entries);
            }
        }
    }
}
