using System.Buffers;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>What grains ask of this gateway.</summary>
internal sealed class GatewayObserver(SessionCache sessions, StreamingReplies replies, InboxRequests requests, TimeProvider time, ILogger logger)
    : IGatewayObserver
{
    /// <summary>A subscription gets its answer, and so sends more, once its connection has less than this to write.</summary>
    private const long RoomBytes = 4 << 20;

    /// <summary>Inbox and channel of nearly every subscription fit into this together.</summary>
    private const int SmallNamesBytes = 256;

    /// <summary>How long an answer is held back at most; the connection's own limits take over from there.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly bool _isTraced = logger.IsEnabled(LogLevel.Trace);

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery)
    {
        var (received, mostPending) = Write(delivery);
        if (!received)
        {
            return DeliveryOutcome.NoInterest;
        }

        if (mostPending is { } connection && connection.PendingBytes > RoomBytes)
        {
            await WaitForRoomAsync(connection);
        }

        return DeliveryOutcome.Delivered;
    }

    public Task<RequestOutcome> RequestAsync(string inbox, TimeSpan timeout) => requests.RequestAsync(inbox, timeout);

    public Task EndSessionAsync(SessionInfo session)
    {
        sessions.Remove(session);
        return Task.CompletedTask;
    }

    private (bool Received, Connection? MostPending) Write(Delivery delivery)
    {
        Span<byte> names = stackalloc byte[SmallNamesBytes];
        var inbox = Encode(delivery.Inbox, ref names);
        var channel = Encode(delivery.Channel.Value, ref names);
        var publisher = replies.Rent();
        var scratch = ArrayPool<byte>.Shared.Rent(4096);
        Connection? mostPending = null;
        var isFirst = true;
        ReadOnlySpan<byte> rest = delivery.Messages.Bytes.Span;
        while (DeliveryBuffer.TryTake(ref rest, out var message))
        {
            var needed = channel.Length + message.ReplyTo.Length + message.Payload.Length + StanWriter.MsgProtoOverheadBytes;
            if (scratch.Length < needed)
            {
                ArrayPool<byte>.Shared.Return(scratch);
                scratch = ArrayPool<byte>.Shared.Rent(needed);
            }

            var outcome = publisher.Publish(inbox, replyTo: [], scratch.AsSpan(0, StanWriter.WriteMsgProto(scratch, channel, message)));
            if (isFirst && outcome.ReceiverCount == 0)
            {
                break;
            }

            if (_isTraced)
            {
                StreamingLog.Delivered(logger, message.RedeliveryCount > 0 ? "Redelivering" : "Delivering", delivery.Inbox, delivery.Channel, message.Sequence);
            }

            isFirst = false;
            mostPending = outcome.MostPending ?? mostPending;
        }

        publisher.Flush();
        replies.Return(publisher);
        ArrayPool<byte>.Shared.Return(scratch);
        return (!isFirst, mostPending);
    }

    /// <summary>Encodes into the memory given while there is room, and takes that room off it.</summary>
    private static ReadOnlySpan<byte> Encode(string text, ref Span<byte> room)
    {
        if (!Encoding.UTF8.TryGetBytes(text, room, out var count))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var encoded = room[..count];
        room = room[count..];
        return encoded;
    }

    private async Task WaitForRoomAsync(Connection connection)
    {
        using var deadline = new CancellationTokenSource(LongestWait, time);
        try
        {
            await connection.WaitUntilDrainedAsync(RoomBytes, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection is slow, not gone: MaxInFlight and its own write deadline bound what it can hold up.
        }
    }
}
