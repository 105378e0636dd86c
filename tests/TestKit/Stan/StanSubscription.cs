using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;

namespace Bayou.TestKit.Stan;

/// <summary>A subscription whose messages wait until the test takes them; nothing is acknowledged by itself.</summary>
public sealed class StanSubscription
{
    private readonly NatsSubscription _inbox;

    internal StanSubscription(StanClient client, SubscriptionRequest request, NatsSubscription inbox, string ackInbox, long responseOrder)
    {
        Client = client;
        Request = request;
        AckInbox = ackInbox;
        ResponseOrder = responseOrder;
        _inbox = inbox;
    }

    public StanClient Client { get; }

    public SubscriptionRequest Request { get; }

    public string Inbox => Request.Inbox;

    public string AckInbox { get; }

    /// <summary>Place of the answer among all messages of the connection.</summary>
    public long ResponseOrder { get; }

    /// <summary>The next message as NATS brought it.</summary>
    public Task<NatsMessage> NextFrameAsync() => _inbox.NextAsync();

    /// <summary>The next message; it must come.</summary>
    public async Task<MsgProto> NextAsync() => MsgProto.Parser.ParseFrom((await _inbox.NextAsync()).Payload);

    /// <summary>The next message, or null if none comes in time.</summary>
    public async Task<MsgProto?> NextOrNullAsync(TimeSpan patience) =>
        await _inbox.NextOrNullAsync(patience) is { } message ? MsgProto.Parser.ParseFrom(message.Payload) : null;

    /// <summary>Hands over what came and what will come, on the connection's reader.</summary>
    public void Drain(Action<NatsMessage> handler) => _inbox.Drain(handler);

    /// <summary>The next messages, in order of arrival.</summary>
    public async Task<List<MsgProto>> TakeAsync(int count)
    {
        var messages = new List<MsgProto>(count);
        while (messages.Count < count) messages.Add(await NextAsync());
        return messages;
    }

    /// <summary>As the other, with every message acknowledged at once.</summary>
    public async Task<List<MsgProto>> TakeAndAckAsync(int count)
    {
        var messages = new List<MsgProto>(count);
        while (messages.Count < count)
        {
            MsgProto message = await NextAsync();
            Ack(message.Sequence);
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>Whether nothing comes for a while.</summary>
    public async Task<bool> IsQuietAsync() => await _inbox.NextOrNullAsync(Patience.Silence) is null;

    public void Ack(ulong sequence) =>
        Client.Nats.Publish(AckInbox, new Ack { Subject = Request.Subject, Sequence = sequence }.ToByteArray());

    /// <summary>Closes the subscription, which keeps a durable's position; returns the error, empty when it worked.</summary>
    public Task<string> CloseAsync() => Client.EndSubscriptionAsync(Client.Subjects.SubCloseRequests, Request.Subject, AckInbox);

    /// <summary>Unsubscribes; returns the error, empty when it worked.</summary>
    public Task<string> UnsubscribeAsync() => Client.EndSubscriptionAsync(Client.Subjects.UnsubRequests, Request.Subject, AckInbox);
}
