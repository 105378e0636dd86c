using System.Reflection;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Records;
using Bayou.Unit.Gateway.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;

namespace Bayou.Unit.Gateway.Streaming;

/// <summary>
/// The streaming side of a gateway with one client, and grains that answer as soon as they are asked to go on. Everything runs on the
/// thread of the test.
/// </summary>
public sealed class StreamingSide : ILocalChannels, ILocalChannel, IDisposable
{
    private const string Identity = "0123456789012345678901";
    private const string DeliveryInbox = "_INBOX.subscription";
    private static readonly byte[] PublishSubject = "_STAN.pub.c.foo"u8.ToArray();
    private static readonly byte[] PubAckInbox = "_INBOX.acks"u8.ToArray();
    private static readonly byte[] AckInboxOfSubscription = Encoding.ASCII.GetBytes(new AckInbox(new SubscriptionId(new GroupId(5), 6), 7).ToString());

    private readonly SubjectRouter _router = new();
    private readonly SubscriptionGrain _subscription = new();
    private readonly FakeClient _client;
    private readonly GatewayObserver _observer;
    private readonly Queue<TaskCompletionSource<PublishResult>> _calls = new();
    private readonly byte[] _publish;
    private readonly byte[] _ack = [.. Field(1, "foo"u8), 2 << 3, 0x80, 0x80, 0x00];
    private int _lastAcknowledged;
    private ulong _lastSequence;

    public StreamingSide(int payloadBytes)
    {
        _client = new FakeClient(_router, maxPendingBytes: long.MaxValue, keepsWrites: false);
        _client.Subscribe(Encoding.ASCII.GetString(PubAckInbox), "1");
        _client.Subscribe(DeliveryInbox, "2");

        var grains = DispatchProxy.Create<IGrainFactory, GrainFactory>();
        ((GrainFactory)grains).Subscription = _subscription;
        var time = new FakeTimeProvider();
        var sessions = new SessionCache(grains, static () => true, time);
        sessions.Add(new SessionInfo(new ClientId("me"), new SessionEpoch(1), ConnId.FromBytes(Encoding.ASCII.GetBytes(Identity)), "_INBOX.heartbeats"));
        var replies = new StreamingReplies(_router);
        _observer = new GatewayObserver(sessions, replies, new InboxRequests(new GatewayId(1), replies, _router, time), time, NullLogger.Instance);
        _router.Subscribe("_STAN.pub.c.>"u8, new PublishSubscriber(new PublishRights("_STAN.pub.c"), sessions, replies, grains, this, new StreamingService(_router, new StreamingOptions().RequestTimeout, time), time, NullLogger.Instance));
        _router.Subscribe("_INBOX.*"u8, new AckSubscriber(grains, Task.CompletedTask, time, NullLogger.Instance), AckInbox.Matches);
        _publish =
        [
            .. Field(1, "me"u8), .. Field(2, Encoding.ASCII.GetBytes(Identity)), .. Field(3, "foo"u8), .. Field(5, new byte[payloadBytes]),
            .. Field(6, Encoding.ASCII.GetBytes(Identity)),
        ];
    }

    /// <summary>Bytes of the record batches that were handed over.</summary>
    public long BatchBytesTaken { get; private set; }

    /// <summary>Messages that the client received: pub acks and deliveries.</summary>
    public long ReceivedCount => _client.Outbound.DeliveredMessageCount;

    /// <summary>Ranges of acks that reached the subscription.</summary>
    public int AckRangeCount => _subscription.RangeCount;

    /// <summary>The client publishes so many messages in one read, and gets their pub acks.</summary>
    public void Publish(int count)
    {
        for (int i = 0; i < count; i++) Dispatch(PublishSubject, PubAckInbox, _publish);
        CompleteRead();
    }

    /// <summary>The client acknowledges so many deliveries in one read, one after the other; two million at most.</summary>
    public void Acknowledge(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _lastAcknowledged++;
            _ack[^3] = (byte)(_lastAcknowledged | 0x80);
            _ack[^2] = (byte)((_lastAcknowledged >> 7) | 0x80);
            _ack[^1] = (byte)(_lastAcknowledged >> 14);
            Dispatch(AckInboxOfSubscription, [], _ack);
        }

        CompleteRead();
    }

    /// <summary>The client receives messages.</summary>
    public DeliveryOutcome Deliver(Delivery delivery) => _observer.DeliverAsync(delivery).GetAwaiter().GetResult();

    /// <summary>A delivery to the client.</summary>
    public static Delivery NewDelivery(int count, int payloadBytes)
    {
        var buffer = new DeliveryBuffer();
        for (int i = 0; i < count; i++) buffer.Add((ulong)i + 1, 1_000_000_000, 0, [], new byte[payloadBytes]);
        return new Delivery(new ChannelName("foo"), DeliveryInbox, new BatchBytes(buffer.Written));
    }

    public ILocalChannel? Find(ChannelName channel) => this;

    public Task<PublishResult> Enqueue(BatchBytes batch)
    {
        BatchBytesTaken += batch.Bytes.Length;
        var call = new TaskCompletionSource<PublishResult>();
        _calls.Enqueue(call);
        return call.Task;
    }

    public void Run()
    {
        while (_calls.TryDequeue(out var call)) call.SetResult(new PublishResult(++_lastSequence, null));
    }

    public void Dispose() => _client.Dispose();

    private void Dispatch(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> payload) =>
        _client.Connection.Dispatcher.Dispatch(new PublishedMessage
        {
            Publisher = _client.Connection,
            Subject = subject,
            ReplyTo = replyTo,
            Payload = payload,
            TotalSizeDigits = "0"u8,
        });

    private void CompleteRead()
    {
        _client.Connection.Dispatcher.CompleteRead(_client.Connection);
        _client.Connection.Dispatcher.Flush();
    }

    /// <summary>A field of a protobuf message that holds bytes; shorter than 16 KiB.</summary>
    private static byte[] Field(int number, ReadOnlySpan<byte> bytes) =>
        [(byte)((number << 3) | 2), (byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7), .. bytes];

    /// <summary>Knows one grain of each kind.</summary>
    public class GrainFactory : DispatchProxy
    {
        private readonly IChannelGrain _channel = Create<IChannelGrain, NoGrain>();

        public ISubscriptionGrain? Subscription { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.ReturnType == typeof(ISubscriptionGrain) ? Subscription : _channel;
    }

    public class NoGrain : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException("The channel is in this process.");
    }

    private sealed class SubscriptionGrain : ISubscriptionGrain
    {
        public int RangeCount { get; private set; }

        public Task AckAsync(AckBatch acks)
        {
            RangeCount += acks.Ranges.Length;
            return Task.CompletedTask;
        }

        public Task RefreshAsync() => throw new NotSupportedException();

        public Task StartAsync(MemberId member) => throw new NotSupportedException();

        public Task ResumeAsync() => throw new NotSupportedException();

        public Task FlushAsync() => throw new NotSupportedException();

        public Task SetClientHealthAsync(ClientId client, bool answers) => throw new NotSupportedException();

        public Task<SubscriptionFigures> InspectAsync() => throw new NotSupportedException();
    }
}
