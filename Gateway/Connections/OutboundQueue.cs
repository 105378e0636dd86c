using System.Buffers;
using System.Runtime.CompilerServices;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>
/// Bytes on their way to one client. Publishers on many threads encode messages straight into its slabs under a short lock;
/// whole slabs are written, by one writer at a time.
/// </summary>
/// <remarks>
/// Writing is decoupled from appending. The first append after the writer went idle owes a <see cref="Flush"/>; whoever made it
/// pays once, at the end of the read it is processing, so that one write carries everything that a publisher sent together.
/// Appends while a write is under way owe nothing, because the writer looks again before it goes idle. The debtor writes on its
/// own thread; only when the socket does not take the bytes at once does the writing move to <see cref="RunAsync"/>.
/// </remarks>
internal sealed class OutboundQueue : IThreadPoolWorkItem, IDisposable
{
    private const int MinSlabBytes = 4 * 1024;
    private const int MaxSlabBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly IOutboundTransport _transport;
    private readonly WriteDeadline _deadline;
    private readonly AsyncSignal _resume = new();
    private readonly long _maxPendingBytes;
    private readonly List<DrainWaiter> _drainWaiters = [];

    // Guarded by _gate.
    private List<OutboundSlab> _filled = [];
    private byte[]? _tail;
    private int _tailLength;
    private int _slabBytes = MinSlabBytes;
    private long _pendingBytes;
    private bool _isWriting;
    private bool _isFlushOwed;
    private bool _isClosed;

    // Owned by the current writer.
    private List<OutboundSlab> _writing = [];
    private int _nextToWrite;
    private ValueTask _unfinishedWrite;

    /// <param name="transport">Takes the bytes.</param>
    /// <param name="deadline">Watches writes that do not complete at once.</param>
    /// <param name="maxPendingBytes">More than this makes an append fail with <see cref="AppendResult.Overflow"/>.</param>
    public OutboundQueue(IOutboundTransport transport, WriteDeadline deadline, long maxPendingBytes)
    {
        _transport = transport;
        _deadline = deadline;
        _maxPendingBytes = maxPendingBytes;
    }

    /// <summary>Bytes appended and not yet written.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Messages delivered, and the bytes of their headers and payloads. Guarded by the queue's lock.</summary>
    public long DeliveredMessageCount { get; private set; }

    /// <inheritdoc cref="DeliveredMessageCount"/>
    public long DeliveredBytes { get; private set; }

    /// <summary>Appends a control line.</summary>
    public AppendResult Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return AppendResult.Refused;
            bytes.CopyTo(Reserve(bytes.Length));
            return Commit(bytes.Length);
        }
    }

    /// <summary>Delivers a message to one subscription of this connection.</summary>
    /// <param name="subscription">The receiver, whose counters this updates.</param>
    /// <param name="message">The message.</param>
    /// <param name="plainSizeDigits">Length of the payload alone.</param>
    /// <param name="withHeaders">Whether the header block goes with it.</param>
    /// <param name="hasEnded">Whether this was the last message that the subscription takes.</param>
    public AppendResult Deliver(
        ClientSubscription subscription, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders, out bool hasEnded)
    {
        hasEnded = false;
        int length = ServerWriter.MeasureMessage(message, subscription.Sid, plainSizeDigits, withHeaders);
        lock (_gate)
        {
            if (_isClosed || !subscription.IsActive) return AppendResult.Refused;
            int written = ServerWriter.WriteMessage(Reserve(length), message, subscription.Sid, plainSizeDigits, withHeaders);
            if (written != length) throw new InvalidOperationException($"A message of {length} bytes took {written}.");
            CountMessage(message, withHeaders);
            if (++subscription.DeliveredCount == subscription.MaxDeliveries)
            {
                subscription.IsActive = false;
                hasEnded = true;
            }

            return Commit(length);
        }
    }

    /// <summary>Sends a message to another server. <paramref name="queueGroups"/> are those of which it is to choose a member.</summary>
    public AppendResult Relay(in PublishedMessage message, ReadOnlySpan<byte> queueGroups, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders)
    {
        int length = RouteWriter.MeasureMessage(message, queueGroups, plainSizeDigits, withHeaders);
        lock (_gate)
        {
            if (_isClosed) return AppendResult.Refused;
            int written = RouteWriter.WriteMessage(Reserve(length), message, queueGroups, plainSizeDigits, withHeaders);
            if (written != length) throw new InvalidOperationException($"A message of {length} bytes took {written}.");
            CountMessage(message, withHeaders);
            return Commit(length);
        }
    }

    /// <summary>Stops deliveries to a subscription at once, or after <paramref name="maxDeliveries"/> in total.</summary>
    /// <returns>Whether it has ended now.</returns>
    public bool EndSubscription(ClientSubscription subscription, long maxDeliveries)
    {
        lock (_gate)
        {
            subscription.MaxDeliveries = maxDeliveries;
            if (maxDeliveries == 0 || subscription.DeliveredCount >= maxDeliveries) subscription.IsActive = false;
            return !subscription.IsActive;
        }
    }

    /// <summary>Pays what an append with <see cref="AppendResult.FlushOwed"/> owed: writes what is pending, or lets the writer do it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _isFlushOwed = false;
            if (_isWriting || _isClosed || !TakeFilled()) return;
            _isWriting = true;
        }

        if (!WriteTaken()) _resume.Set();
    }

    /// <summary>
    /// Pays the same debt from the thread pool: for lines that come one by one from anywhere and are in no hurry, so that those that
    /// come meanwhile go along.
    /// </summary>
    public void FlushSoon() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => Flush();

    /// <summary>Writes what <see cref="Flush"/> could not write at once, until the queue is closed.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            await _resume.WaitAsync();
            do
            {
                if (_isClosed) return;
                ValueTask unfinished = _unfinishedWrite;
                _unfinishedWrite = default;
                if (unfinished.IsCompletedSuccessfully) continue;
                _deadline.Start();
                try
                {
                    await unfinished;
                }
                finally
                {
                    _deadline.Stop();
                }

                // The thread that hears of sockets is for all of them, and there may be much to write.
                if (!Thread.CurrentThread.IsThreadPoolThread) await Task.Yield();
            }
            while (!WriteTaken());
        }
    }

    /// <summary>Completes when fewer bytes than this are pending, or the queue is closed.</summary>
    public async Task WaitUntilDrainedAsync(long belowBytes, CancellationToken cancellationToken)
    {
        var waiter = new DrainWaiter(belowBytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (_isClosed || _pendingBytes < belowBytes) return;
            _drainWaiters.Add(waiter);
        }

        try
        {
            await waiter.Completion.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate) _drainWaiters.Remove(waiter);
        }
    }

    /// <summary>Forgets what is pending and takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            foreach (OutboundSlab slab in _filled) ArrayPool<byte>.Shared.Return(slab.Buffer);
            _filled.Clear();
            if (_tail is not null) ArrayPool<byte>.Shared.Return(_tail);
            _tail = null;
            _pendingBytes = 0;
            CompleteDrainWaiters();
        }

        _resume.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _deadline.Dispose();
    }

    /// <summary>Writes the slabs that were taken. False when a write is unfinished or more is to be written by the loop.</summary>
    private bool WriteTaken()
    {
        for (; _nextToWrite < _writing.Count; _nextToWrite++)
        {
            OutboundSlab slab = _writing[_nextToWrite];
            ValueTask write = _transport.WriteAsync(slab.Buffer.AsMemory(0, slab.Length));
            if (!write.IsCompletedSuccessfully)
            {
                _unfinishedWrite = write;
                _nextToWrite++;
                return false;
            }

            write.GetAwaiter().GetResult();
        }

        return !FinishTaken();
    }

    /// <summary>Gives back what was written and takes the next slabs. False when there are none and the writer is idle now.</summary>
    private bool FinishTaken()
    {
        long writtenBytes = 0;
        foreach (OutboundSlab slab in _writing)
        {
            writtenBytes += slab.Length;
            ArrayPool<byte>.Shared.Return(slab.Buffer);
        }

        _writing.Clear();
        _nextToWrite = 0;
        lock (_gate)
        {
            if (_isClosed) return _isWriting = false;
            _pendingBytes -= writtenBytes;
            if (writtenBytes < _slabBytes / 4) _slabBytes = Math.Max(MinSlabBytes, _slabBytes / 2);
            if (_drainWaiters.Count > 0) CompleteDrainWaiters();
            return _isWriting = TakeFilled();
        }
    }

    private bool TakeFilled()
    {
        if (_pendingBytes == 0) return false;
        if (_tailLength > 0)
        {
            _filled.Add(new OutboundSlab(_tail!, _tailLength));
            _tail = null;
            _tailLength = 0;
        }

        (_filled, _writing) = (_writing, _filled);
        return true;
    }

    private Span<byte> Reserve(int length)
    {
        if (_tail is null || _tail.Length - _tailLength < length) StartSlab(length);
        return _tail.AsSpan(_tailLength, length);
    }

    private void StartSlab(int length)
    {
        if (_tail is not null)
        {
            if (_tailLength > 0) _filled.Add(new OutboundSlab(_tail, _tailLength));
            else ArrayPool<byte>.Shared.Return(_tail);
            _slabBytes = Math.Min(MaxSlabBytes, _slabBytes * 4);
        }

        _tail = ArrayPool<byte>.Shared.Rent(Math.Max(length, _slabBytes));
        _tailLength = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountMessage(in PublishedMessage message, bool withHeaders)
    {
        DeliveredMessageCount++;
        DeliveredBytes += message.Payload.Length + (withHeaders ? message.Headers.Length : 0);
    }

    private AppendResult Commit(int length)
    {
        _tailLength += length;
        _pendingBytes += length;
        if (_pendingBytes > _maxPendingBytes) return AppendResult.Overflow;
        if (_isWriting || _isFlushOwed) return AppendResult.Queued;
        _isFlushOwed = true;
        return AppendResult.FlushOwed;
    }

    private void CompleteDrainWaiters()
    {
        for (int i = _drainWaiters.Count - 1; i >= 0; i--)
        {
            if (!_isClosed && _pendingBytes >= _drainWaiters[i].BelowBytes) continue;
            _drainWaiters[i].Completion.TrySetResult();
            _drainWaiters.RemoveAt(i);
        }
    }

    private readonly record struct DrainWaiter(long BelowBytes, TaskCompletionSource Completion);
}
