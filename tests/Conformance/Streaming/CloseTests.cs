using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class CloseTests(StreamingServer server) : StreamingTests(server)
{
    [Fact]
    public async Task W17_Close_has_an_empty_answer_and_ends_the_subscriptions()
    {
        StanClient closing = await NewClientAsync();
        StanClient other = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await closing.SubscribeAsync(channel);
        Assert.Empty((await closing.RequestCloseAsync()).Payload);
        await other.PublishAsync(channel, "after");
        Assert.True(await subscription.IsQuietAsync());
        Assert.Equal("stan: invalid publish request", (await closing.TryPublishAsync(channel, "x"u8)).Error);
    }

    [Fact]
    public async Task W17_Close_of_an_unknown_client_and_garbage_are_refused()
    {
        StanClient client = await NewClientAsync();
        NatsMessage answer = await client.Nats.RequestAsync(client.Subjects.CloseRequests, new CloseRequest { ClientId = "ghost" }.ToByteArray());
        Assert.Equal("stan: unknown clientID", CloseResponse.Parser.ParseFrom(answer.Payload).Error);
        answer = await client.Nats.RequestAsync(client.Subjects.CloseRequests, [0xff, 0xff]);
        Assert.Equal("stan: invalid close request", CloseResponse.Parser.ParseFrom(answer.Payload).Error);
        await client.CloseAsync();
        Assert.Equal("stan: unknown clientID", CloseResponse.Parser.ParseFrom((await client.RequestCloseAsync()).Payload).Error);
    }

    [Fact]
    public async Task W18_Publishes_sent_before_a_close_are_all_stored()
    {
        const int Count = 2000;
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        var burst = new MemoryStream();
        string last = "";
        for (int i = 0; i < Count; i++) burst.Write(client.EncodePublish(channel, "x"u8, out last));
        NatsSubscription closed = client.Nats.Subscribe(UniqueName.Inbox());
        burst.Write(Operations.Publish(client.Subjects.CloseRequests, closed.Subject, new CloseRequest { ClientId = client.Id }.ToByteArray()));
        Task acknowledged = client.ExpectAck(last);
        client.Nats.Send(burst.ToArray());
        Assert.Empty((await closed.NextAsync()).Payload);
        await acknowledged.WaitAsync(Patience.Long);
        Assert.All(client.Acks, static ack => Assert.Equal("", ack.Error));

        StanClient reader = await NewClientAsync();
        List<MsgProto> stored = await (await reader.SubscribeAsync(channel)).TakeAndAckAsync(Count);
        Assert.Equal(Range(1, Count), SequencesOf(stored));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task W18_Publishes_sent_before_a_subscription_ends_are_answered_before_its_end(bool unsubscribe)
    {
        const int Count = 2000;
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.MaxInFlight = Count);
        NatsSubscription answers = client.Nats.Subscribe(UniqueName.Inbox());
        var burst = new MemoryStream();
        for (int i = 0; i < Count; i++)
        {
            burst.Write(Operations.Publish($"{client.Subjects.PubPrefix}.{channel}", answers.Subject, client.NewMessage(channel, "x"u8).ToByteArray()));
        }

        byte[] end = new UnsubscribeRequest { ClientId = client.Id, Subject = channel, Inbox = subscription.AckInbox }.ToByteArray();
        burst.Write(Operations.Publish(unsubscribe ? client.Subjects.UnsubRequests : client.Subjects.SubCloseRequests, answers.Subject, end));
        client.Nats.Send(burst.ToArray());
        for (int i = 0; i < Count; i++) Assert.NotEqual("", PubAck.Parser.ParseFrom((await answers.NextAsync()).Payload).Guid);
        Assert.Empty((await answers.NextAsync()).Payload);
    }

    [Fact]
    public async Task W19_Acks_sent_before_a_sub_close_count()
    {
        const int Count = 50;
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, Count);
        StanSubscription durable = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
        await durable.TakeAsync(Count);
        var burst = new MemoryStream();
        for (ulong i = 1; i <= Count; i++) burst.Write(Operations.Publish(durable.AckInbox, "", new Ack { Subject = channel, Sequence = i }.ToByteArray()));
        NatsSubscription closed = client.Nats.Subscribe(UniqueName.Inbox());
        byte[] close = new UnsubscribeRequest { ClientId = client.Id, Subject = channel, Inbox = durable.AckInbox }.ToByteArray();
        burst.Write(Operations.Publish(client.Subjects.SubCloseRequests, closed.Subject, close));
        client.Nats.Send(burst.ToArray());
        Assert.Empty((await closed.NextAsync()).Payload);
        Assert.True(await (await client.SubscribeAsync(channel, static request => request.DurableName = "d")).IsQuietAsync());
    }
}
