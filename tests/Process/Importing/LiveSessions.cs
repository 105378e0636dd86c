using System.Collections.Concurrent;
using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.ProcessTests.Importing;

/// <summary>
/// The clients that were connected when the old server stopped, and that notice no more than that their NATS connection was made anew:
/// they answer heartbeats, get messages and acknowledge on the inboxes that they always had.
/// </summary>
internal sealed class LiveSessions
{
    private readonly NatsConnection _nats;
    private readonly JsonElement[] _clients;
    private readonly JsonElement[] _subscriptions;
    private readonly ConcurrentDictionary<string, NatsSubscription> _inboxes = new(StringComparer.Ordinal);

    public LiveSessions(NatsConnection nats, SampleStore store)
    {
        _nats = nats;
        _clients = [.. store.Expected.GetProperty("clients").EnumerateArray()];
        _subscriptions = [.. store.Channels
            .SelectMany(channel => channel.GetProperty("subscriptions").EnumerateArray())
            .Where(subscription => !subscription.GetProperty("is_offline").GetBoolean())];
        foreach (JsonElement client in _clients)
        {
            nats.Subscribe(Text(client, "heartbeat_inbox"), message => nats.Publish(message.ReplyTo, []));
        }

        foreach (string inbox in _subscriptions.Select(subscription => Text(subscription, "inbox")))
        {
            _inboxes[inbox] = nats.Subscribe(inbox);
        }
    }

    public async Task RequireKnownAsync()
    {
        foreach (JsonElement client in _clients)
        {
            var ping = new Ping { ConnId = ConnIdOf(client) };
            NatsMessage answer = await _nats.RequestAsync($"_STAN.discover.{SampleStore.ClusterId}.pings", ping.ToByteArray());
            Assert.False(answer.IsNoResponders);
            Assert.Empty(answer.Payload);
        }
    }

    /// <summary>
    /// Everything that was pending comes again. Within a queue group any member may get it; what a server that was killed had forgotten to
    /// have sent comes as new.
    /// </summary>
    public async Task RequirePendingAsync(bool areAllFlagged)
    {
        foreach (var group in _subscriptions.GroupBy(GroupOf))
        {
            SortedSet<ulong> expected = [.. group.SelectMany(subscription => Sequences(subscription, "pending"))];
            var delivered = new SortedSet<ulong>();
            NatsSubscription[] inboxes = [.. group.Select(subscription => _inboxes[Text(subscription, "inbox")])];
            while (delivered.Count < expected.Count)
            {
                foreach (MsgProto message in await NextOfAnyAsync(inboxes))
                {
                    delivered.Add(message.Sequence);
                    Assert.True(message.Redelivered || !areAllFlagged, $"Message {message.Sequence} of {message.Subject} comes as if it were new.");
                }
            }

            Assert.Equal(expected, delivered);
        }
    }

    /// <summary>An ack on the old inbox counts: it makes room for a message that is new.</summary>
    public async Task RequireAckMakesRoomAsync(string channel, string durable)
    {
        JsonElement subscription = _subscriptions.Single(candidate => Text(candidate, "durable") == durable && Text(candidate, "queue").Length == 0);
        NatsSubscription inbox = _inboxes[Text(subscription, "inbox")];
        ulong acknowledged = Sequences(subscription, "pending").First();
        _nats.Publish(Text(subscription, "ack_inbox"), new Ack { Subject = channel, Sequence = acknowledged }.ToByteArray());
        ulong next = subscription.GetProperty("last_sent").GetUInt64() + 1;

        // Redeliveries may come in between.
        MsgProto message;
        do
        {
            message = MsgProto.Parser.ParseFrom((await inbox.NextAsync()).Payload);
            Assert.NotEqual(acknowledged, message.Sequence);
        }
        while (message.Redelivered);
        Assert.Equal(next, message.Sequence);
    }

    /// <summary>The client ends a subscription by the ack inbox that it knows.</summary>
    public async Task RequireUnsubscribedAsync(string channel, string client)
    {
        JsonElement subscription = _subscriptions.Single(candidate =>
            Text(candidate, "client_id") == client && Text(candidate, "durable").Length + Text(candidate, "queue").Length == 0);
        var request = new UnsubscribeRequest { ClientId = client, Subject = channel, Inbox = Text(subscription, "ack_inbox") };
        NatsMessage answer = await _nats.RequestAsync($"_STAN.unsub.{SampleStore.ClusterId}", request.ToByteArray());
        Assert.Equal("", SubscriptionResponse.Parser.ParseFrom(answer.Payload).Error);
    }

    /// <summary>The session publishes under its connID, and the channel goes on where it was.</summary>
    public async Task RequirePublishAsync(string channel)
    {
        var message = new PubMsg { ConnId = ConnIdOf(_clients[0]), Guid = UniqueName.Next("guid"), Subject = channel, Data = ByteString.CopyFromUtf8("after") };
        NatsMessage answer = await _nats.RequestAsync($"_STAN.pub.{SampleStore.ClusterId}.{channel}", message.ToByteArray());
        PubAck ack = PubAck.Parser.ParseFrom(answer.Payload);
        Assert.Equal((message.Guid, ""), (ack.Guid, ack.Error));
    }

    private static async Task<List<MsgProto>> NextOfAnyAsync(NatsSubscription[] inboxes)
    {
        using var deadline = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            List<MsgProto> messages = [];
            foreach (NatsSubscription inbox in inboxes)
            {
                while (inbox.TakeOrNull() is { } frame) messages.Add(MsgProto.Parser.ParseFrom(frame.Payload));
            }

            if (messages.Count > 0) return messages;
            if (await inboxes[0].NextOrNullAsync(TimeSpan.FromMilliseconds(50)) is { } next) return [MsgProto.Parser.ParseFrom(next.Payload)];
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private static string GroupOf(JsonElement subscription) =>
        Text(subscription, "queue_name") is { Length: > 0 } queue ? queue : Text(subscription, "inbox");

    private static ByteString ConnIdOf(JsonElement client) => ByteString.CopyFrom(Convert.FromHexString(Text(client, "conn_id_hex")));

    private static IEnumerable<ulong> Sequences(JsonElement subscription, string name) =>
        subscription.GetProperty(name).EnumerateArray().Select(sequence => sequence.GetUInt64());

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
