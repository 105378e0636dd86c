using System.Runtime.InteropServices;
using System.Text;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
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
    /// <summary>Gateways that are remembered although they have been silent for <see cref="OriginSilence"/>.</summary>
    private const int MaxSilentOrigins = 64;

    /// <summary>No gateway repeats a batch after such a time.</summary>
    private static readonly TimeSpan OriginSilence = TimeSpan.FromMinutes(10);

    /// <summary>Pause between two words to the metadata that the channel has ended.</summary>
    private static readonly TimeSpan EndedPause = TimeSpan.FromSeconds(1);

    /// <summary>What the proposer of something is told that came after the channel's end.</summary>
    private static readonly object Refused = new();

    private readonly ReplicaServices _services;
    private readonly InactivityClock _inactivity;
    private readonly ChannelLog _log;
    private readonly Replica _replica;
    private readonly Listeners _commits = new();
    private readonly Listeners _ends = new();
    private readonly int _nameBytes;
    private readonly Dictionary<ulong, PublishOrder> _orders = [];
    private ChannelStateMachine _machine;

    /// <summary>Set while this replica leads.</summary>
    private LeaderTail? _tail;

    private long _endedNext;
    private bool _isFullNoticed;
    private volatile bool _isEnded;
    private ulong _committedFirst;
    private ulong _committedLast;
    private ulong _committedBytes;

    internal ChannelReplica(
        ChannelName name, ChannelLimits limits, GroupId group, ReplicaId id, ConfState founders,
        ReplicaWorker worker, ReplicaServices services, RecoveredGroup? recovered)
    {
        Name = name;
        Limits = limits;
        _services = services;
        _nameBytes = Encoding.UTF8.GetByteCount(name.Value);
        _machine = new ChannelStateMachine(name.Value);
        _inactivity = new InactivityClock(limits.MaxInactivity, services.Now);
        _log = services.Store.OpenLog(group);
        _replica = new Replica(group, id, founders, default, worker, services, this, _log, recovered)
        {
            LeadingChanged = OnLeadingChanged,
            Published = (from, publish) => _ = PublishForwarder.AnswerAsync(this, from, publish),
        };
        PublishPositions();
    }

    public ChannelName Name { get; }

    public GroupId Group => _replica.Group;

    public ChannelLimits Limits { get; }

    /// <summary>How its messages are delivered.</summary>
    public DeliveryPolicy Policy { get; init; } = DeliveryPolicy.Default;

    /// <summary>Sequence of the oldest message; one more than <see cref="LastSequence"/> when there is none. Any thread.</summary>
    public ulong FirstSequence => Volatile.Read(ref _committedFirst);

    /// <summary>Sequence of the newest committed message. Any thread.</summary>
    public ulong LastSequence => Volatile.Read(ref _committedLast);

    /// <summary>How many committed messages there are, as of a moment ago. Any thread.</summary>
    internal long MessageCount
    {
        get
        {
            // Between two reads the first may overtake the last that was read.
            var last = LastSequence;
            return Math.Max(0, (long)(last + 1 - FirstSequence));
        }
    }

    /// <summary>Bytes of the committed messages, as of a moment ago. Any thread.</summary>
    internal long StoredBytes => (long)Volatile.Read(ref _committedBytes);

    /// <summary>The channel is over. One of the same name is another one, with a group of its own. Any thread.</summary>
    public bool IsEnded => _isEnded;

    internal Replica Replica => _replica;

    /// <summary>Called, on the worker, when this silo begins to lead the channel. It must not block.</summary>
    internal Action<ChannelReplica> Led { get; set; } = static _ => { };

    /// <summary>Called, on the worker of the silo that leads, when the channel drops messages for the first time.</summary>
    internal Action<ChannelReplica, ChannelStateMachine> Full { get; set; } = static (_, _) => { };

    /// <summary>Called, on the worker of the silo that leads, when the channel has ended, and again until the metadata says so.</summary>
    internal Action<GroupId> Ended { get; set; } = static _ => { };

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

    /// <summary>The same, wherever the channel is led. Where nobody is known to lead, this replica sees to it that somebody does.</summary>
    Task<PublishResult> ILocalChannel.Enqueue(BatchBytes batch) =>
        _services.Forwarder.TryForward(this, batch, out var answer) ? answer : Enqueue(batch);

    /// <summary>This silo leads the channel, as far as it knows. Any thread.</summary>
    public bool IsLeading => _replica.IsLeading;

    /// <inheritdoc cref="Replica.HoldsLease"/>
    public bool HoldsLease => _replica.HoldsLease;

    /// <inheritdoc cref="Replica.ConfirmLeadingAsync"/>
    public Task ConfirmLeadingAsync() => _replica.ConfirmLeadingAsync();

    /// <summary>
    /// Completed when this silo knows that it leads the channel still: nothing is decided by what a replica has, only by what the leader has.
    /// </summary>
    /// <exception cref="ReplicaUnavailableException">Another silo leads it, or nobody is known to, or it has ended.</exception>
    internal async Task RequireLeadingAsync()
    {
        await PassBarrierAsync();
        if (IsEnded)
        {
            throw ReplicaUnavailableException.Ended(Name.Value);
        }

        if (!IsLeading)
        {
            throw new ReplicaUnavailableException("Another silo leads the channel.")
            {
                Reason = ReplicaUnavailability.NotLeader,
                Leader = LeaderName,
            };
        }
    }

    /// <summary>The name of the silo that leads, as far as it is known here. Any thread.</summary>
    public string? LeaderName => _replica.KnownLeader;

    /// <summary>Completed when everything that was committed anywhere before this call is applied here.</summary>
    public Task PassBarrierAsync() => _replica.PassBarrierAsync();

    /// <summary>Reads the channel's state as of everything applied so far.</summary>
    public Task<T> QueryAsync<T>(Func<ChannelStateMachine, T> read) => _replica.QueryAsync(() => read(_machine));

    public ChannelLogReader OpenReader() => _log.OpenReader();

    /// <summary>The first message with this timestamp, in Unix nanoseconds, or a later one.</summary>
    public bool TryFindByTime(long timestamp, out ulong sequence) => _log.TryFindByTime(timestamp, out sequence);

    /// <summary>Calls <paramref name="onCommitted"/>, which must not block, after each commit until the result is disposed.</summary>
    public IDisposable Listen(Action onCommitted) => _commits.Add(onCommitted);

    /// <summary>
    /// Calls <paramref name="onDeposed"/>, which must not block, when this silo ceases to lead the channel, until the result is disposed.
    /// </summary>
    public IDisposable ListenForEnd(Action onDeposed) => _ends.Add(onDeposed);

    /// <exception cref="ReplicaUnavailableException">This silo does not lead the channel, or it has ended.</exception>
    internal async Task ProposeAsync(ChannelCommand command)
    {
        if (await _replica.ProposeAsync(command.ToByteArray()) == Refused)
        {
            throw ReplicaUnavailableException.Ended(Name.Value);
        }
    }

    /// <summary>
    /// Removes the messages below a sequence, oldest first: as many as one entry of the log takes. False if there was none that could be removed.
    /// </summary>
    /// <exception cref="ReplicaUnavailableException">This silo does not lead the channel, or it has ended.</exception>
    internal Task<bool> PurgeAsync(ulong before)
    {
        var proposal = new PurgeProposal(_replica, this, before);
        _replica.Post(proposal);
        return proposal.Applied;
    }

    /// <summary>As the leader: the next entry that removes messages below a sequence; null if there is nothing more to remove.</summary>
    internal byte[]? TakeBelow(ulong sequence) =>
        !_machine.IsEnded && _tail!.TakeBelow(sequence) is { } trim ? new ChannelCommand { Trim = trim }.ToByteArray() : null;

    /// <summary>As the leader: adds what may be proposed now, with each gateway's batches in the order in which they were sent.</summary>
    internal void Sequence(PublishProposal batch, List<Proposal> due)
    {
        if (_machine.IsEnded)
        {
            batch.Fail(ReplicaUnavailableException.Ended(Name.Value));
            return;
        }

        if (batch.Header.Origin == 0)
        {
            due.Add(batch);
            return;
        }

        ref var order = ref CollectionsMarshal.GetValueRefOrAddDefault(_orders, batch.Header.Origin, out _);
        order ??= new PublishOrder(_machine, batch.Header.Origin);
        if (order.Take(batch, due))
        {
            _services.Observer.OnDeduplicated(Group);
        }
    }

    /// <summary>
    /// As the leader: stamps a batch with what follows the last one, and adds the trim that makes room for it. False if the disk has no
    /// room for messages.
    /// </summary>
    internal bool TryPrepare(PublishProposal proposal, Memory<byte> bytes, ulong term, List<ReadOnlyMemory<byte>> commands)
    {
        if (_services.Store.IsNearlyFull)
        {
            OrderOf(proposal)?.OnDecided(proposal.Header.BatchNumber);
            return false;
        }

        _tail!.Stamp(bytes, term, NowNanoseconds);
        commands.Add(bytes);
        if (TakeExcess() is { } trim)
        {
            commands.Add(trim);
        }

        return true;
    }

    internal static RecordBatch Read(ReadOnlyMemory<byte> bytes)
    {
        var error = RecordBatch.TryRead(bytes, out var batch);
        return error == RecordBatchError.None
            ? batch
            : throw new InvalidDataException($"A channel's log holds a damaged record batch: {error}.");
    }

    /// <summary>Subscribers wait for redeliveries, and messages, or the whole channel, for their end.</summary>
    bool IReplicatedStateMachine.NeedsLeader =>
        Limits.MaxInactivity > TimeSpan.Zero
        || _machine.IsEnded
        || _machine.HasActiveSubscription
        || (Limits.MaxAge > TimeSpan.Zero && _machine.MessageCount > 0)
        || IsFull;

    object? IReplicatedStateMachine.Apply(ulong index, ReadOnlyMemory<byte> command)
    {
        if (command.Span[0] == RecordBatch.KindByte)
        {
            return ApplyBatch(index, Read(command));
        }

        return ApplyCommand(ChannelCommand.Parser.ParseFrom(command.Span));
    }

    void IReplicatedStateMachine.OnApplied()
    {
        PublishPositions();
        _commits.Tell();
    }

    void IReplicatedStateMachine.OnLeading(ulong term) => _tail = new LeaderTail(_machine, _log, Limits, _nameBytes);

    void IReplicatedStateMachine.OnFollowing()
    {
        _tail?.End();
        _tail = null;
        AbandonOrders();
    }

    void IReplicatedStateMachine.OnTick()
    {
        if (_machine.IsEnded)
        {
            ReportEnd();
            return;
        }

        if (_inactivity.UntilDue(_machine, _services.Now) == TimeSpan.Zero)
        {
            // Whether it is so is decided when the entry is applied. If not, another period begins.
            _inactivity.Restart(_services.Now);
            _replica.Propose(new ChannelCommand
            {
                End = new End { LastSequence = _machine.LastSequence, NextNumber = _machine.NextNumber },
            }.ToByteArray());
        }

        // Limits that were lowered hold for what was stored before, too.
        if (TakeExcess() is { } excess)
        {
            _replica.Propose(excess);
        }

        if (_services.IsClockTrusted && _tail!.TakeExpired(NowNanoseconds) is { } trim)
        {
            _replica.Propose(new ChannelCommand { Trim = trim }.ToByteArray());
        }

        if (_machine.Origins.Count > MaxSilentOrigins && SilentOrigins() is { } forget)
        {
            _replica.Propose(new ChannelCommand { ForgetOrigins = forget }.ToByteArray());
        }
    }

    TimeSpan? IReplicatedStateMachine.UntilDue() =>
        _machine.IsEnded ? EndedPause : Sooner(_tail!.UntilExpiry(NowNanoseconds), _inactivity.UntilDue(_machine, _services.Now));

    byte[] IReplicatedStateMachine.Save() => _machine.Save();

    void IReplicatedStateMachine.Restore(ReadOnlyMemory<byte> state)
    {
        _machine = ChannelStateMachine.Restore(state.Span);
        _inactivity.Restart(_services.Now);
    }

    private long NowNanoseconds => UnixNanoseconds(_services.Time.GetUtcNow());

    /// <summary>It holds more than it may. One message is always allowed.</summary>
    private bool IsFull => _machine.MessageCount > 1 && Limits.AreExceededBy(_machine.MessageCount, _machine.Bytes);

    private byte[]? TakeExcess()
    {
        if (_tail!.TakeExcess() is not { } trim)
        {
            return null;
        }

        if (!_isFullNoticed)
        {
            _isFullNoticed = true;
            Full(this, _machine);
        }

        return new ChannelCommand { Trim = trim }.ToByteArray();
    }

    private object ApplyBatch(ulong index, in RecordBatch batch)
    {
        var isTaken = _machine.Apply(batch);

        // After a restart the journal repeats what may be in the segments already.
        if (isTaken && batch.BaseSequence > _log.LastSequence)
        {
            _log.Append(batch, index);
        }

        _inactivity.Restart(_services.Now);
        _tail?.OnApplied(batch);
        if (_orders.TryGetValue(batch.Origin, out var order))
        {
            order.OnDecided(batch.BatchNumber);
        }

        return isTaken ? batch.BaseSequence : Refused;
    }

    private object? ApplyCommand(ChannelCommand command)
    {
        if (!_machine.Apply(command))
        {
            return Refused;
        }

        switch (command.CommandCase)
        {
            case ChannelCommand.CommandOneofCase.Trim:
                _log.TrimTo(_machine.FirstSequence);
                break;
            case ChannelCommand.CommandOneofCase.End when _machine.IsEnded:
                OnEnded();
                break;
            case ChannelCommand.CommandOneofCase.CreateSubscription:
            case ChannelCommand.CommandOneofCase.AddMember:
            case ChannelCommand.CommandOneofCase.RemoveMember:
            case ChannelCommand.CommandOneofCase.RemoveSubscription:
                _inactivity.Restart(_services.Now);
                break;
        }

        return null;
    }

    /// <summary>Batches that wait for others would wait for ever.</summary>
    private void OnEnded()
    {
        AbandonOrders();
        if (_tail is not null)
        {
            ReportEnd();
        }
    }

    private void ReportEnd()
    {
        if (_services.Now >= _endedNext)
        {
            _endedNext = _services.Now + EndedPause.Ticks;
            Ended(Group);
        }
    }

    private void AbandonOrders()
    {
        foreach (var order in _orders.Values.ToArray())
        {
            order.Abandon();
        }

        _orders.Clear();
    }

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;

    private void OnLeadingChanged(bool isLeading)
    {
        if (isLeading)
        {
            Led(this);
        }
        else
        {
            _ends.Tell();
        }
    }

    private PublishOrder? OrderOf(PublishProposal proposal) => _orders.GetValueOrDefault(proposal.Header.Origin);

    private ForgetOrigins? SilentOrigins()
    {
        var silentSince = NowNanoseconds - (OriginSilence.Ticks * 100);
        var silent = _machine.Origins
            .Where(origin => origin.Value.LastTimestamp < silentSince && !_orders.ContainsKey(origin.Key))
            .Select(origin => origin.Key)
            .ToArray();
        return silent.Length == 0 ? null : new ForgetOrigins { Origins = { silent } };
    }

    private void PublishPositions()
    {
        Volatile.Write(ref _committedFirst, _machine.FirstSequence);
        Volatile.Write(ref _committedLast, _machine.LastSequence);
        Volatile.Write(ref _committedBytes, _machine.Bytes);
        _isEnded = _machine.IsEnded;
    }
}
