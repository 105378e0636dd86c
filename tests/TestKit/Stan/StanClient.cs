using System.Collections.Concurrent;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;

namespace Bayou.TestKit.Stan;

/// <summary>
/// A session of NATS Streaming over a connection of the test's choice. It hides nothing: every request can be sent wrong on purpose,
/// and every answer is handed over as it came.
/// </summary>
public sealed class StanClient
{
    public const string Cluster = "test-cluster";
    public const string Discover = DiscoverPrefix + Cluster;

    private const string DiscoverPrefix = "_STAN.discover.";

    private readonly ConcurrentDictionary<string, TaskCompletionSource<PubAck>> _publishes = new(StringComparer.Ordinal);
    private readonly string _ackInbox = "_STAN.acks." + UniqueName.Next("a");

    private StanClient(NatsConnection nats, string id, string heartbeatInbox)
    {
        Nats = nats;
        Id = id;
        HeartbeatInbox = heartbeatInbox;
        ConnId = ByteString.CopyFromUtf8(UniqueName.Next("conn"));
        nats.Subscribe(_ackInbox, OnPubAck);
        nats.Subscribe(heartbeatInbox, OnHeartbeat);
    }

    public NatsConnection Nats { get; }

    public string Id { get; }

    public ByteString ConnId { get; set; }

    public string HeartbeatInbox { get; }

    /// <summary>The subjects that the server named.</summary>
    public ConnectResponse Subjects { get; private set; } = new();

    /// <summary>Called when a publish found no server behind its subject.</summary>
    public event Action? Unserved;

    /// <summary>Every pub ack in order of arrival.</summary>
    public ConcurrentQueue<PubAck> Acks { get; } = new();

    /// <summary>Heartbeats that came.</summary>
    public ConcurrentQueue<NatsMessage> Heartbeats { get; } = new();

    /// <summary>A mute client lets heartbeats pass.</summary>
    public bool IsMute { get; set; }

    /// <summary>Connects a client; it must be accepted.</summary>
    public static async Task<StanClient> ConnectAsync(NatsConnection nats, string? id = null, string cluster = Cluster)
    {
        (StanClient client, ConnectResponse response) = await TryConnectAsync(nats, id ?? UniqueName.Next("client"), cluster: cluster);
        return response.Error.Length == 0 ? client : throw new InvalidOperationException(response.Error);
    }

    /// <summary>Asks for a session, with a request changed as wanted; the answer may be an error.</summary>
    public static async Task<(StanClient Client, ConnectResponse Response)> TryConnectAsync(
        NatsConnection nats, string id, Action<ConnectRequest>? change = null, string cluster = Cluster)
    {
        var client = new StanClient(nats, id, UniqueName.Inbox());
        var request = new ConnectRequest
        {
            ClientId = id,
            HeartbeatInbox = client.HeartbeatInbox,
            Protocol = 1,
            ConnId = client.ConnId,
            PingInterval = 5,
            PingMaxOut = 88,
        };
        change?.Invoke(request);
        client.ConnId = request.ConnId;
        NatsMessage answer = await nats.RequestAsync(DiscoverPrefix + cluster, request.ToByteArray());
        client.Subjects = ConnectResponse.Parser.ParseFrom(PayloadOf(answer));
        return (client, client.Subjects);
    }

    /// <summary>Publishes, whether it is accepted or not.</summary>
    public Task<PubAck> TryPublishAsync(string channel, ReadOnlySpan<byte> payload, Action<PubMsg>? change = null)
    {
        PubMsg message = NewMessage(channel, payload);
        change?.Invoke(message);
        return SendAsync(message).WaitAsync(Patience.Long);
    }

    /// <summary>Sends a message as it is; waits for its answer without a deadline.</summary>
    public Task<PubAck> SendAsync(PubMsg message)
    {
        Task<PubAck> answer = ExpectAck(message.Guid);
        Nats.Publish($"{Subjects.PubPrefix}.{message.Subject}", message.ToByteArray(), _ackInbox);
        return answer;
    }

    /// <summary>Publishes a text; it must be accepted.</summary>
    public async Task PublishAsync(string channel, string text)
    {
        PubAck answer = await TryPublishAsync(channel, System.Text.Encoding.UTF8.GetBytes(text));
        if (answer.Error.Length > 0) throw new InvalidOperationException(answer.Error);
    }

    /// <summary>Publishes the texts <c>first</c>..<c>last</c>, one after the other.</summary>
    public async Task PublishAsync(string channel, int first, int last)
    {
        for (int i = first; i <= last; i++) await PublishAsync(channel, i.ToString());
    }

    /// <summary>The bytes of a publish, to be sent together with others; its answer will be among <see cref="Acks"/>.</summary>
    public byte[] EncodePublish(string channel, ReadOnlySpan<byte> payload, out string guid)
    {
        PubMsg message = NewMessage(channel, payload);
        guid = message.Guid;
        return Operations.Publish($"{Subjects.PubPrefix}.{channel}", _ackInbox, message.ToByteArray());
    }

    public PubMsg NewMessage(string channel, ReadOnlySpan<byte> payload) => new()
    {
        ClientId = Id,
        Guid = UniqueName.Next("guid"),
        Subject = channel,
        Data = ByteString.CopyFrom(payload),
        ConnId = ConnId,
    };

    /// <summary>The answer to a publish that is sent by other means.</summary>
    public Task<PubAck> ExpectAck(string guid)
    {
        var answer = new TaskCompletionSource<PubAck>(TaskCreationOptions.RunContinuationsAsynchronously);
        _publishes[guid] = answer;
        return answer.Task;
    }

    /// <summary>Subscribes; it must be accepted. Without a change: from the first message, 1024 in flight, 30 s ack wait.</summary>
    public async Task<StanSubscription> SubscribeAsync(string channel, Action<SubscriptionRequest>? change = null)
    {
        (StanSubscription subscription, SubscriptionResponse response) = await TrySubscribeAsync(channel, change);
        return response.Error.Length == 0 ? subscription : throw new InvalidOperationException(response.Error);
    }

    /// <summary>Subscribes, whether it is accepted or not.</summary>
    public async Task<(StanSubscription Subscription, SubscriptionResponse Response)> TrySubscribeAsync(
        string channel, Action<SubscriptionRequest>? change = null)
    {
        var request = new SubscriptionRequest
        {
            ClientId = Id,
            Subject = channel,
            Inbox = UniqueName.Inbox(),
            MaxInFlight = 1024,
            AckWaitInSecs = 30,
            StartPosition = StartPosition.First,
        };
        change?.Invoke(request);
        NatsSubscription inbox = Nats.Subscribe(request.Inbox);
        NatsMessage answer = await Nats.RequestAsync(Subjects.SubRequests, request.ToByteArray());
        SubscriptionResponse response = SubscriptionResponse.Parser.ParseFrom(PayloadOf(answer));
        return (new StanSubscription(this, request, inbox, response.AckInbox, answer.Order), response);
    }

    /// <summary>Unsubscribes or closes a subscription by one of its inboxes; the answer's error is empty when it worked.</summary>
    public async Task<string> EndSubscriptionAsync(string requests, string channel, string inbox)
    {
        var request = new UnsubscribeRequest { ClientId = Id, Subject = channel, Inbox = inbox };
        NatsMessage answer = await Nats.RequestAsync(requests, request.ToByteArray());
        return SubscriptionResponse.Parser.ParseFrom(PayloadOf(answer)).Error;
    }

    /// <summary>Closes the session; the answer as it came.</summary>
    public Task<NatsMessage> RequestCloseAsync() =>
        Nats.RequestAsync(Subjects.CloseRequests, new CloseRequest { ClientId = Id }.ToByteArray());

    /// <summary>Closes the session; it must work.</summary>
    public async Task CloseAsync()
    {
        string error = CloseResponse.Parser.ParseFrom(PayloadOf(await RequestCloseAsync())).Error;
        if (error.Length > 0) throw new InvalidOperationException(error);
    }

    /// <summary>Asks whether the session is known; the answer's payload is empty if so.</summary>
    public Task<NatsMessage> PingAsync() => Nats.RequestAsync(Subjects.PingRequests, new Ping { ConnId = ConnId }.ToByteArray());

    /// <summary>The message of core NATS that nobody responds is empty, and must not pass for an answer without an error.</summary>
    private static byte[] PayloadOf(NatsMessage answer) => answer.IsNoResponders ? throw new InvalidOperationException("No responders.") : answer.Payload;

    private void OnPubAck(NatsMessage message)
    {
        if (message.IsNoResponders)
        {
            Unserved?.Invoke();
            return;
        }

        PubAck ack = PubAck.Parser.ParseFrom(message.Payload);
        Acks.Enqueue(ack);
        if (_publishes.TryRemove(ack.Guid, out TaskCompletionSource<PubAck>? answer)) answer.TrySetResult(ack);
    }

    private void OnHeartbeat(NatsMessage message)
    {
        Heartbeats.Enqueue(message);
        if (!IsMute && message.ReplyTo.Length > 0) Nats.Publish(message.ReplyTo, []);
    }
}
