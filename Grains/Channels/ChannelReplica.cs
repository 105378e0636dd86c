using System.Runtime.InteropServices;
using System.Text;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Channels;

/// <summary>
/// A channel on this silo: its replica, its state and its messages. As the leader it gives batches their sequences and decides
/// what retention takes; every replica applies what was decided.
/// </summary>
public sealed class ChannelReplica : IReplicatedStateMachine, ILocalChannel
{
    private readonly TimeProvider _time;
    private readonly ChannelStateMachine _machine;
    private readonly ChannelLog _log;
    private readonly Replica _replica;
    private readonly Lock _listening = new();
    private readonly int _nameBytes;

    // The leader's speculative tail: where the channel will stand once everything proposed is applied.
    private readonly Queue<RecordBatch> _proposed = new();
    private readonly Dictionary<ulong, PublishOrder> _orders = [];
    private RetentionCursor? _oldest;
    private ulong _nextSequence;
    private ulong _firstSequence;
    private long _lastTimestamp;
    private ulong _bytes;

    private Action[] _listeners = [];
    private ulong _committedFirst;
    private ulong _committedLast;

    internal ChannelReplica(
        ChannelName name,
        GroupId group,
        ChannelLimits limits,
        ReplicaWorker worker,
        SiloStore store,
        RecoveredGroup? recovered,
        TimeProvider time)
    {
        Name = name;
        Limits = limits;
        _time = time;
        _nameBytes = Encoding.UTF8.GetByteCount(name.Value);
        _machine = recovered is { State.IsEmpty: false }
            ? ChannelStateMachine.Restore(recovered.State.Span)
            : new ChannelStateMachine(name.Value);
        _log = store.OpenLog(group);
        _replica = new Replica(group, worker, store, this, recovered);
        HasUnappliedEntries = recovered is { Entries.Count: > 0 };
        PublishPositions();
    }

    public ChannelName Name { get; }

    public GroupId Group => _replica.Group;

    public ChannelLimits Limits { get; }

    /// <summary>Sequence of the oldest message; one more than <see cref="LastSequence"/> when there is none. Any thread.</summary>
    public ulong FirstSequence => Volatile.Read(ref _committedFirst);

    /// <summary>Sequence of the newest committed message. Any thread.</summary>
    public ulong LastSequence => Volatile.Read(ref _committedLast);

    /// <summary>The journal held entries beyond the last checkpoint when the silo started.</summary>
    internal bool HasUnappliedEntries { get; }

    internal Replica Replica => _replica;

    public static long UnixNanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>
    /// Queues a batch after checking it, for <see cref="Run"/> to propose; completed when it is durable on a quorum and applied.
    /// </summary>
    public Task<PublishResult> Enqueue(BatchBytes batch)
    {
        var error = RecordBatch.TryRead(batch.Bytes, out var header);
        if (error == RecordBatchError.None)
        {
            error = header.Verify();
        }

        if (error != RecordBatchError.None)
        {
            throw new InvalidDataException($"A gateway sent what is no record batch: {error}.");
        }

        var proposal = new PublishProposal(_replica, this, header, batch.Bytes[..header.Bytes.Length]);
        _replica.Enqueue(proposal);
        return proposal.Applied;
    }

    public void Run() => _replica.Run();

    /// <summary>Reads the channel's state as of everything applied so far.</summary>
    public Task<T> QueryAsync<T>(Func<ChannelStateMachine, T> read) => _replica.QueryAsync(() => read(_machine));

    public ChannelLogReader OpenReader() => _log.OpenReader();

    /// <summary>The first message with this timestamp, in Unix nanoseconds, or a later one.</summary>
    public bool TryFindByTime(long timestamp, out ulong sequence) => _log.TryFindByTime(timestamp, out sequence);

    /// <summary>Calls <paramref name="onCommitted"/>, which must not block, after each commit until the result is disposed.</summary>
    public IDisposable Listen(Action onCommitted)
    {
        lock (_listening)
        {
            _listeners = [.. _listeners, onCommitted];
        }

        return new Listener(this, onCommitted);
    }

    /// <summary>On the worker: brings the batches of each gateway into the order in which they were sent.</summary>
    internal void Sequence(PublishProposal batch)
    {
        ref var order = ref CollectionsMarshal.GetValueRefOrAddDefault(_orders, batch.Header.Origin, out _);
        order ??= new PublishOrder();
        order.Take(batch);
    }

    internal Task ProposeAsync(ChannelCommand command) => _replica.ProposeAsync(command.ToByteArray());

    /// <summary>As the leader: stamps a batch with what follows the last one, and adds the trim that makes room for it.</summary>
    internal void Prepare(Memory<byte> bytes, ulong term, List<ReadOnlyMemory<byte>> commands)
    {
        _lastTimestamp = Math.Max(_lastTimestamp, UnixNanoseconds(_time.GetUtcNow()));
        RecordBatchStamp.Apply(bytes, _nextSequence, _lastTimestamp, term, accountedBytes: 0);
        var batch = Read(bytes);
        var accounted = Accounting.SizeOf(batch, _nameBytes);
        RecordBatchStamp.Apply(bytes, _nextSequence, _lastTimestamp, term, accounted);
        _nextSequence += (ulong)batch.Count;
        _bytes += accounted;
        _proposed.Enqueue(batch);
        commands.Add(bytes);
        if (TakeExcess() is { } trim)
        {
            commands.Add(new ChannelCommand { Trim = trim }.ToByteArray());
        }
    }

    object? IReplicatedStateMachine.Apply(ulong index, ReadOnlyMemory<byte> command)
    {
        if (command.Span[0] == RecordBatch.KindByte)
        {
            return ApplyBatch(index, Read(command));
        }

        var parsed = ChannelCommand.Parser.ParseFrom(command.Span);
        _machine.Apply(parsed);
        if (parsed.CommandCase == ChannelCommand.CommandOneofCase.Trim)
        {
            _log.TrimTo(_machine.FirstSequence);
        }

        return null;
    }

    void IReplicatedStateMachine.OnApplied()
    {
        PublishPositions();
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            listener();
        }
    }

    void IReplicatedStateMachine.OnLeading(ulong term)
    {
        _proposed.Clear();
        _oldest?.Dispose();
        _oldest = null;
        _nextSequence = _machine.LastSequence + 1;
        _firstSequence = _machine.FirstSequence;
        _lastTimestamp = _machine.LastTimestamp;
        _bytes = _machine.Bytes;
    }

    byte[] IReplicatedStateMachine.Save() => _machine.Save();

    private static RecordBatch Read(ReadOnlyMemory<byte> bytes)
    {
        var error = RecordBatch.TryRead(bytes, out var batch);
        return error == RecordBatchError.None
            ? batch
            : throw new InvalidDataException($"A channel's log holds a damaged record batch: {error}.");
    }

    private ulong ApplyBatch(ulong index, in RecordBatch batch)
    {
        _machine.Apply(batch);

        // After a restart the journal repeats what may be in the segments already.
        if (batch.BaseSequence > _log.LastSequence)
        {
            _log.Append(batch, index);
        }

        if (_proposed.TryPeek(out var oldest) && oldest.BaseSequence == batch.BaseSequence)
        {
            _proposed.Dequeue();
        }

        return batch.BaseSequence;
    }

    /// <summary>What is over the limits now, oldest first; the newest message always stays.</summary>
    private Trim? TakeExcess()
    {
        var last = _nextSequence - 1;
        var first = _firstSequence;
        var removed = 0UL;
        while (first < last && IsOver((long)(_nextSequence - first), _bytes - removed))
        {
            _oldest ??= new RetentionCursor(_log, _proposed, _nameBytes);
            removed += _oldest.SizeOf(first++);
        }

        if (first == _firstSequence)
        {
            return null;
        }

        _firstSequence = first;
        _bytes -= removed;
        return new Trim { FirstSequence = first, Bytes = removed };
    }

    private bool IsOver(long messages, ulong bytes) =>
        (Limits.MaxMessages > 0 && messages > Limits.MaxMessages) || (Limits.MaxBytes > 0 && bytes > (ulong)Limits.MaxBytes);

    private void PublishPositions()
    {
        Volatile.Write(ref _committedFirst, _machine.FirstSequence);
        Volatile.Write(ref _committedLast, _machine.LastSequence);
    }

    private sealed class Listener(ChannelReplica channel, Action onCommitted) : IDisposable
    {
        public void Dispose()
        {
            lock (channel._listening)
            {
                channel._listeners = [.. channel._listeners.Where(listener => listener != onCommitted)];
            }
        }
    }
}
