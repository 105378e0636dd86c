using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class PublishTests(StreamingServer server) : StreamingTests(server)
{
    private const string Refused = "stan: invalid publish request";

    [Fact]
    public async Task W7_Pub_ack_echoes_the_guid_and_has_no_error()
    {
        StanClient client = await NewClientAsync();
        PubAck ack = await client.TryPublishAsync(NewChannel(), "hello"u8, static message => message.Guid = "my own guid-1");
        Assert.Equal(("my own guid-1", ""), (ack.Guid, ack.Error));
    }

    [Fact]
    public async Task W8_Pub_acks_of_a_burst_come_in_the_order_of_its_publishes()
    {
        const int Count = 3000;
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        var burst = new MemoryStream();
        var guids = new List<string>();
        for (int i = 0; i < Count; i++)
        {
            burst.Write(client.EncodePublish(channel, "x"u8, out string guid));
            guids.Add(guid);
        }

        Task last = client.ExpectAck(guids[^1]);
        client.Nats.Send(burst.ToArray());
        await last.WaitAsync(Patience.Long);
        Assert.Equal(guids, client.Acks.Select(static ack => ack.Guid));
        Assert.All(client.Acks, static ack => Assert.Equal("", ack.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo/bar")]
    [InlineData(".foo")]
    [InlineData("foo.")]
    [InlineData("foo..bar")]
    [InlineData("foo.*")]
    [InlineData("foo.>")]
    [InlineData("*")]
    [InlineData(">")]
    public async Task W9_C2_Publish_with_a_bad_channel_name_is_refused_with_the_exact_text(string channel)
    {
        StanClient client = await NewClientAsync();
        Assert.Equal(Refused, (await PublishOnAsync(client, "any", message => message.Subject = channel)).Error);
    }

    [Fact]
    public async Task W9_Publish_without_guid_and_garbage_are_refused_with_the_exact_text()
    {
        StanClient client = await NewClientAsync();
        Assert.Equal(Refused, (await PublishOnAsync(client, "any", static message => message.Guid = "")).Error);
        NatsMessage answer = await client.Nats.RequestAsync(client.Subjects.PubPrefix + ".any", [0xff, 0xff, 0xff]);
        Assert.Equal(Refused, PubAck.Parser.ParseFrom(answer.Payload).Error);
        answer = await client.Nats.RequestAsync(client.Subjects.PubPrefix + ".any", []);
        Assert.Equal(Refused, PubAck.Parser.ParseFrom(answer.Payload).Error);
    }

    [Fact]
    public async Task W10_Conn_id_decides_where_there_is_one_else_the_client_id()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        Assert.Equal("", (await PublishOnAsync(client, channel, static message => message.ClientId = "ghost")).Error);
        Assert.Equal(Refused, (await PublishOnAsync(client, channel, static message => message.ConnId = ByteString.CopyFromUtf8("wrong"))).Error);
        Assert.Equal("", (await PublishOnAsync(client, channel, static message => message.ConnId = ByteString.Empty)).Error);
        Assert.Equal(Refused, (await PublishOnAsync(client, channel, static message =>
        {
            message.ClientId = "ghost";
            message.ConnId = ByteString.Empty;
        })).Error);
    }

    [Fact]
    public async Task W11_The_message_names_the_channel_and_not_the_nats_subject()
    {
        StanClient client = await NewClientAsync();
        (string inside, string outside) = (NewChannel("inside"), NewChannel("outside"));
        Assert.Equal("", (await PublishOnAsync(client, outside, message => message.Subject = inside)).Error);
        Assert.Equal(inside, (await (await client.SubscribeAsync(inside)).NextAsync()).Subject);
        Assert.True(await (await client.SubscribeAsync(outside)).IsQuietAsync());
    }

    [Fact]
    public async Task W12_Publish_without_reply_is_stored_and_the_reply_field_passes_through()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        PubMsg message = client.NewMessage(channel, "silent"u8);
        message.Reply = "answer.here";
        client.Nats.Publish($"{client.Subjects.PubPrefix}.{channel}", message.ToByteArray());
        MsgProto stored = await (await client.SubscribeAsync(channel)).NextAsync();
        Assert.Equal(("silent", "answer.here", channel), (TextOf(stored), stored.Reply, stored.Subject));
        Assert.Equal((1ul, false, 0u, 0u), (stored.Sequence, stored.Redelivered, stored.RedeliveryCount, stored.Crc32));
    }

    [Fact]
    public async Task W13_Payloads_from_nothing_to_the_limit_are_delivered()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        int envelope = client.NewMessage(channel, new byte[1_000_000]).CalculateSize() - 1_000_000;
        byte[] largest = new byte[1024 * 1024 - envelope];
        largest.AsSpan().Fill(0x5A);
        Assert.Equal("", (await client.TryPublishAsync(channel, [])).Error);
        Assert.Equal("", (await client.TryPublishAsync(channel, largest)).Error);
        List<MsgProto> messages = await (await client.SubscribeAsync(channel)).TakeAsync(2);
        Assert.Empty(messages[0].Data);
        Assert.True(messages[1].Data.Span.SequenceEqual(largest));
    }

    [Fact]
    public async Task W13_Payload_above_the_limit_is_a_nats_error()
    {
        StanClient client = await NewClientAsync();
        client.Nats.Send("PUB _STAN.pub.test-cluster.large 1048577\r\n"u8);
        await client.Nats.Closed.WaitAsync(Patience.Long);
        Assert.Contains("-ERR 'Maximum Payload Violation'", client.Nats.Errors);
    }

    [Fact]
    public async Task D41_Same_guid_twice_is_stored_twice()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        Assert.Equal("", (await client.TryPublishAsync(channel, "1"u8, static message => message.Guid = "same")).Error);
        Assert.Equal("", (await client.TryPublishAsync(channel, "2"u8, static message => message.Guid = "same")).Error);
        Assert.Equal(["1", "2"], (await (await client.SubscribeAsync(channel)).TakeAsync(2)).Select(TextOf));
    }

    [Fact]
    public async Task Core_publish_on_the_name_of_a_channel_does_not_reach_it_nor_the_other_way_round()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        NatsSubscription core = client.Nats.Subscribe(channel);
        StanSubscription subscription = await client.SubscribeAsync(channel);
        client.Nats.Publish(channel, "core"u8);
        await client.PublishAsync(channel, "streaming");
        Assert.Equal("streaming", TextOf(await subscription.NextAsync()));
        Assert.Equal("core", (await core.NextAsync()).Text);
        Assert.Null(await core.NextOrNullAsync(Patience.Silence));
    }

    [Fact]
    public async Task Ordinary_subscriber_of_a_publish_subject_gets_its_copy()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        NatsSubscription spy = client.Nats.Subscribe($"_STAN.pub.test-cluster.{channel}");
        await client.PublishAsync(channel, "seen");
        Assert.Equal("seen", PubMsg.Parser.ParseFrom((await spy.NextAsync()).Payload).Data.ToStringUtf8());
    }

    private static async Task<PubAck> PublishOnAsync(StanClient client, string natsChannel, Action<PubMsg> change)
    {
        PubMsg message = client.NewMessage(natsChannel, "x"u8);
        change(message);
        NatsMessage answer = await client.Nats.RequestAsync($"{client.Subjects.PubPrefix}.{natsChannel}", message.ToByteArray());
        PubAck ack = PubAck.Parser.ParseFrom(answer.Payload);
        Assert.Equal(message.Guid, ack.Guid);
        return ack;
    }
}
