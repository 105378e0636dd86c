using System.Text;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class ConnectTests(StreamingServer server) : StreamingTests(server)
{
    private const string BadId = "stan: invalid clientID: only alphanumeric and `-` or `_` characters allowed";
    private const string BadRequest = "stan: invalid connection request";

    [Fact]
    public async Task W1_Discover_request_is_answered()
    {
        StanClient client = await NewClientAsync();
        Assert.Equal("", client.Subjects.Error);
    }

    [Theory]
    [InlineData("_STAN.discover.another-cluster")]
    [InlineData("_STAN.pub.another-cluster.foo")]
    [InlineData("_STAN.sub.another-cluster")]
    public async Task W2_W28_Request_to_a_cluster_that_is_not_there_gets_503_at_once(string subject)
    {
        NatsConnection nats = await ConnectAsync();
        Assert.True((await nats.RequestAsync(subject, "x"u8)).IsNoResponders);
    }

    [Fact]
    public async Task W3_Connect_response_names_the_customary_subjects()
    {
        ConnectResponse response = (await NewClientAsync()).Subjects;
        Assert.Equal("_STAN.pub.test-cluster", response.PubPrefix);
        Assert.Equal("_STAN.sub.test-cluster", response.SubRequests);
        Assert.Equal("_STAN.unsub.test-cluster", response.UnsubRequests);
        Assert.Equal("_STAN.subclose.test-cluster", response.SubCloseRequests);
        Assert.Equal("_STAN.close.test-cluster", response.CloseRequests);
        Assert.Equal("_STAN.discover.test-cluster.pings", response.PingRequests);
        Assert.Equal(1, response.Protocol);
    }

    [Theory]
    [InlineData(7, 33)]
    [InlineData(-100, 3)]
    [InlineData(0, 0)]
    public async Task W4_Ping_parameters_come_back_verbatim(int interval, int maxOut)
    {
        (_, ConnectResponse response) = await StanClient.TryConnectAsync(await ConnectAsync(), UniqueName.Next("client"), request =>
        {
            request.PingInterval = interval;
            request.PingMaxOut = maxOut;
        });
        Assert.Equal("", response.Error);
        Assert.Equal((interval, maxOut), (response.PingInterval, response.PingMaxOut));
    }

    [Fact]
    public async Task W5_Client_of_protocol_0_gets_no_ping_fields_and_publishes_by_its_client_id()
    {
        (StanClient client, ConnectResponse response) = await StanClient.TryConnectAsync(await ConnectAsync(), UniqueName.Next("client"), static request =>
        {
            request.Protocol = 0;
            request.ConnId = ByteString.Empty;
            request.PingInterval = 0;
            request.PingMaxOut = 0;
        });
        Assert.Equal("_STAN.subclose.test-cluster", response.SubCloseRequests);
        Assert.Equal(("", 0, 0, 1), (response.PingRequests, response.PingInterval, response.PingMaxOut, response.Protocol));
        await client.PublishAsync(NewChannel(), "by client id");
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("ä")]
    [InlineData("a/b")]
    [InlineData("a*")]
    public async Task W6_Client_id_with_a_forbidden_character_is_refused(string id)
    {
        (_, ConnectResponse response) = await StanClient.TryConnectAsync(await ConnectAsync(), id);
        Assert.Equal(BadId, response.Error);
    }

    [Fact]
    public async Task W6_Empty_client_id_empty_inbox_and_garbage_are_refused()
    {
        NatsConnection nats = await ConnectAsync();
        Assert.Equal(BadRequest, (await StanClient.TryConnectAsync(nats, "")).Response.Error);
        Assert.Equal(BadRequest, (await StanClient.TryConnectAsync(nats, "noinbox", static request => request.HeartbeatInbox = "")).Response.Error);
        Assert.Equal(BadRequest, (await StanClient.TryConnectAsync(nats, "a.b", static request => request.HeartbeatInbox = "")).Response.Error);
        NatsMessage answer = await nats.RequestAsync(StanClient.Discover, Encoding.UTF8.GetBytes("\xff not protobuf"));
        Assert.Equal(BadRequest, ConnectResponse.Parser.ParseFrom(answer.Payload).Error);
    }

    [Fact]
    public async Task W20_Ping_of_a_known_session_gets_an_empty_answer()
    {
        StanClient client = await NewClientAsync();
        NatsMessage answer = await client.PingAsync();
        Assert.Empty(answer.Payload);
        Assert.False(answer.IsNoResponders);
    }

    [Fact]
    public async Task W20_Ping_of_an_unknown_session_gets_the_text_and_garbage_gets_silence()
    {
        StanClient client = await NewClientAsync();
        NatsMessage answer = await client.Nats.RequestAsync(client.Subjects.PingRequests, new Ping { ConnId = ByteString.CopyFromUtf8("ghost") }.ToByteArray());
        Assert.Equal("client has been replaced or is no longer registered", PingResponse.Parser.ParseFrom(answer.Payload).Error);
        await Assert.ThrowsAsync<TimeoutException>(() => client.Nats.RequestAsync(client.Subjects.PingRequests, [], Patience.Silence));
        await Assert.ThrowsAsync<TimeoutException>(() => client.Nats.RequestAsync(client.Subjects.PingRequests, [0xff, 0xff], Patience.Silence));
    }

    [Fact]
    public async Task W29_Unknown_fields_are_skipped_in_every_request()
    {
        byte[] unknown = [0x98, 0x06, 0x2A]; // Field 99, a number.
        NatsConnection nats = await ConnectAsync();
        NatsSubscription acks = nats.Subscribe(UniqueName.Inbox());
        string id = UniqueName.Next("client");
        string channel = NewChannel();
        byte[] connect = new ConnectRequest { ClientId = id, HeartbeatInbox = UniqueName.Inbox(), Protocol = 1, ConnId = ByteString.CopyFromUtf8(id) }.ToByteArray();
        ConnectResponse subjects = ConnectResponse.Parser.ParseFrom((await nats.RequestAsync(StanClient.Discover, [.. connect, .. unknown])).Payload);
        Assert.Equal("", subjects.Error);

        byte[] publish = new PubMsg { ClientId = id, Guid = "g", Subject = channel, ConnId = ByteString.CopyFromUtf8(id) }.ToByteArray();
        nats.Publish($"{subjects.PubPrefix}.{channel}", [.. publish, .. unknown], acks.Subject);
        PubAck ack = PubAck.Parser.ParseFrom((await acks.NextAsync()).Payload);
        Assert.Equal(("g", ""), (ack.Guid, ack.Error));

        NatsSubscription inbox = nats.Subscribe(UniqueName.Inbox());
        byte[] subscribe = new SubscriptionRequest { ClientId = id, Subject = channel, Inbox = inbox.Subject, MaxInFlight = 1, AckWaitInSecs = 30, StartPosition = StartPosition.First }.ToByteArray();
        SubscriptionResponse subscribed = SubscriptionResponse.Parser.ParseFrom((await nats.RequestAsync(subjects.SubRequests, [.. subscribe, .. unknown])).Payload);
        Assert.Equal("", subscribed.Error);
        Assert.Equal(1ul, MsgProto.Parser.ParseFrom((await inbox.NextAsync()).Payload).Sequence);

        byte[] unsubscribe = new UnsubscribeRequest { ClientId = id, Subject = channel, Inbox = subscribed.AckInbox }.ToByteArray();
        Assert.Empty((await nats.RequestAsync(subjects.UnsubRequests, [.. unsubscribe, .. unknown])).Payload);
        Assert.Empty((await nats.RequestAsync(subjects.PingRequests, [.. new Ping { ConnId = ByteString.CopyFromUtf8(id) }.ToByteArray(), .. unknown])).Payload);
        Assert.Empty((await nats.RequestAsync(subjects.CloseRequests, [.. new CloseRequest { ClientId = id }.ToByteArray(), .. unknown])).Payload);
    }
}
