using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Brings the publishes of all this gateway's clients to one channel. What arrives while calls are under way forms the next
/// batch; nobody waits for a timer. Calls leave in order and their answers are passed on in order, so the pub acks of a channel
/// come in the order of its publishes.
/// </summary>
internal sealed partial class ChannelPublisher(
    ChannelName channel,
    IGrainFactory grains,
    ILocalChannels locals,
    StreamingReplies replies,
    Action<ChannelName> onRefused,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>How long a batch is carried after a leader that moves, well before the client's ack wait runs out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The same where a majority is known to be away: the client should hear of it.</summary>
    private static readonly TimeSpan QuorumPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Calls under way at a time; more than one hides the time a sync takes. Each says how many are ahead of it, which is how the channel restores their order.</summary>
    private const int Window = 16;

    /// <summary>A batch is closed at this size: large enough to fill a call, small enough to stay off the large object heap.</summary>
    private const int TargetBatchBytes = 64 * 1024;

    /// <summary>Closed batches that may wait. Stock clients stay far below by their own limit on unacknowledged publishes.</summary>
    private const int MaxClosedBatches = 1024;

    private readonly Lock _gate = new();
    private readonly Lock _answering = new();
    private readonly IChannelGrain _channel = grains.GetGrain<IChannelGrain>(channel.Value);
    private readonly Queue<OpenBatch> _closed = new();
    private readonly Queue<OpenBatch> _underWay = new();
    private readonly Stack<OpenBatch> _idle = new();
    /// <summary>
    /// Under which the channel knows these batches. One of its own for every publisher: a later one for the same channel numbers its
    /// batches from 1 again, and none of them may be taken for one of ours.
    /// </summary>
    private readonly ulong _origin = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly bool _isTraced = logger.IsEnabled(LogLevel.Trace);
    private ILocalChannel? _local;
    private OpenBatch _open = new();
    private ulong _nextNumber = 1;

    /// <summary>
    /// Adds a publish; <see cref="Send"/> follows when the read that it came with is done. False if too much waits already.
    /// </summary>
    public bool TryAdd(StreamingConnection sender, in PubMsg publish, ReadOnlySpan<byte> ackInbox)
    {
        lock (_gate)
        {
            if (_closed.Count >= MaxClosedBatches)
            {
                return false;
            }

            if (_open.Count > 0 && _open.Length + publish.Data.Length > TargetBatchBytes)
            {
                _closed.Enqueue(_open);
                _open = _idle.TryPop(out var idle) ? idle : new OpenBatch();
            }

            _open.Add(sender, publish, ackInbox);
            return true;
        }
    }

    /// <summary>Sends what waits, as far as the window allows.</summary>
    public void Send()
    {
        // Outside the gate, as a call may be answered at once: whoever passes on answers takes the gate, and not the other way round.
        while (TrySendNext(out var batch, out var call))
        {
            _ = AwaitAnswerAsync(batch, call);
        }

        _local?.Run();
    }

    private bool TrySendNext(out OpenBatch batch, out ValueTask<PublishResult> call)
    {
        lock (_gate)
        {
            if (_underWay.Count >= Window || !TryTakeNext(out batch))
            {
                (batch, call) = (null!, default);
                return false;
            }

            var bytes = new BatchBytes(batch.Build(_origin, _nextNumber++, ahead: _underWay.Count));
            _underWay.Enqueue(batch);
            _local ??= locals.Find(channel);
            call = Call(_local, bytes);
            return true;
        }
    }

    /// <summary>A batch that is under way gets an answer, be it a failure: those after it are not passed on before.</summary>
    private ValueTask<PublishResult> Call(ILocalChannel? local, BatchBytes bytes)
    {
        try
        {
            return local is not null ? new(local.Enqueue(bytes)) : _channel.PublishAsync(bytes);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<PublishResult>(exception);
        }
    }

    private bool TryTakeNext(out OpenBatch batch)
    {
        if (_closed.TryDequeue(out batch!))
        {
            return true;
        }

        if (_open.Count == 0)
        {
            return false;
        }

        batch = _open;
        _open = _idle.TryPop(out var idle) ? idle : new OpenBatch();
        return true;
    }

    private async Task AwaitAnswerAsync(OpenBatch batch, ValueTask<PublishResult> call)
    {
        PublishResult result;
        try
        {
            // Here and not in a method of its own, which would be one more allocation for every batch.
            result = await call;
        }
        catch (Exception exception)
        {
            result = ResultOf(exception);
        }

        if (result.Retry != PublishRetry.No)
        {
            result = await SendAgainAsync(batch, result);
        }

        lock (_answering)
        {
            batch.Result = result;
            var publisher = replies.Rent();
            while (TryTakeAnswered(out var answered))
            {
                TryAnswer(answered, publisher);
                Recycle(answered);
            }

            publisher.Flush();
            replies.Return(publisher);
        }

        Send();
        if (result.Error is not null)
        {
            onRefused(channel);
        }
    }

    private PublishResult ResultOf(Exception exception)
    {
        if (exception is OrleansException or TimeoutException)
        {
            // The silo that was called is gone or mute: its successor recognises what has arrived.
            LogSiloLost(exception, channel);
            return new PublishResult(0, StanErrors.LeadershipLost, PublishRetry.Elsewhere);
        }

        LogPublishFailed(exception, channel);
        return new PublishResult(0, StanErrors.LeadershipLost);
    }

    /// <summary>Carries a batch after the channel's leader, under its number, until somebody decides on it or time is up.</summary>
    private async Task<PublishResult> SendAgainAsync(OpenBatch batch, PublishResult result)
    {
        var start = time.GetTimestamp();
        for (var pause = FirstPause; result.Retry != PublishRetry.No; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (time.GetElapsedTime(start) >= (result.Retry == PublishRetry.NoQuorum ? QuorumPatience : Patience))
            {
                break;
            }

            await Task.Delay(pause, time);
            try
            {
                result = await SendAgain(batch);
            }
            catch (Exception exception)
            {
                result = ResultOf(exception);
            }
        }

        return result;
    }

    private ValueTask<PublishResult> SendAgain(OpenBatch batch)
    {
        ValueTask<PublishResult> call;
        ILocalChannel? local;
        lock (_gate)
        {
            var ahead = _underWay.TakeWhile(other => other != batch).Count(static other => other.Result is null);
            var bytes = new BatchBytes(batch.Rebuild(ahead));
            local = _local = locals.Find(channel);
            call = Call(local, bytes);
        }

        local?.Run();
        return call;
    }

    private bool TryTakeAnswered(out OpenBatch batch)
    {
        lock (_gate)
        {
            if (_underWay.TryPeek(out batch!) && batch.Result is not null)
            {
                _underWay.Dequeue();
                return true;
            }

            return false;
        }
    }

    private void TryAnswer(OpenBatch batch, InternalPublisher publisher)
    {
        try
        {
            Answer(batch, publisher);
        }
        catch (Exception exception)
        {
            // Those behind it must not wait for ever.
            LogNotPassedOn(exception, channel);
        }
    }

    private void Answer(OpenBatch batch, InternalPublisher publisher)
    {
        var error = batch.Result!.Value.Error is { } text ? Encoding.UTF8.GetBytes(text) : [];
        if (error.Length > 0)
        {
            replies.CountRefused(batch.PublishCount);
        }

        Span<byte> ack = stackalloc byte[512];
        var position = 0;
        while (batch.TryTakeAck(ref position, out var inbox, out var guid))
        {
            if (inbox.IsEmpty)
            {
                continue;
            }

            if (_isTraced)
            {
                StreamingLog.Acknowledged(logger, channel, Encoding.UTF8.GetString(guid));
            }

            var needed = guid.Length + error.Length + 16;
            var target = needed <= ack.Length ? ack : new byte[needed];
            publisher.Publish(inbox, replyTo: [], target[..StanWriter.WritePubAck(target, guid, error)]);
        }
    }

    private void Recycle(OpenBatch batch)
    {
        batch.Finish();
        lock (_gate)
        {
            if (_idle.Count < Window)
            {
                _idle.Push(batch);
            }
        }
    }

    [LoggerMessage(3102, LogLevel.Debug, "A batch for channel {Channel} looks for another leader")]
    private partial void LogSiloLost(Exception exception, ChannelName channel);

    [LoggerMessage(3103, LogLevel.Error, "Pub acks of channel {Channel} could not be passed on")]
    private partial void LogNotPassedOn(Exception exception, ChannelName channel);

    [LoggerMessage(3101, LogLevel.Error, "A batch for channel {Channel} got no answer")]
    private partial void LogPublishFailed(Exception exception, ChannelName channel);
}
