using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class ChannelTests(StreamingServer server) : StreamingTests(server)
{
    [Theory]
    [InlineData("plain")]
    [InlineData("two words")]
    [InlineData("a.b.c.d")]
    [InlineData("ünïcode")]
    [InlineData("$dollar-and_under:colon")]
    public async Task C2_Channel_name_is_accepted(string name)
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel(name);
        PubMsg message = client.NewMessage(channel, "x"u8);
        string subject = client.Subjects.PubPrefix + ".any";
        var answer = await client.Nats.RequestAsync(subject, Google.Protobuf.MessageExtensions.ToByteArray(message));
        Assert.Equal("", PubAck.Parser.ParseFrom(answer.Payload).Error);
        Assert.Equal(channel, (await (await client.SubscribeAsync(channel)).NextAsync()).Subject);
    }

    [Fact]
    public async Task C3_Name_that_differs_only_in_case_is_refused_with_the_exact_text()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("foo");
        string clash = channel.ToUpperInvariant();
        await client.PublishAsync(channel, "x");
        string error = $"rejecting channel \"{clash}\" because channel \"{channel}\" alreay exists (different cases not allowed)";
        Assert.Equal(error, (await client.TryPublishAsync(clash, "x"u8)).Error);
        Assert.Equal(error, (await client.TrySubscribeAsync(clash)).Response.Error);
        await client.PublishAsync(channel, "still works");
    }

    [Fact]
    public async Task C6_Limit_of_messages_drops_the_oldest_and_publishers_never_notice()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("five.channel");
        await client.PublishAsync(channel, 1, 12);
        Assert.Equal(Range(8, 12), SequencesOf(await (await client.SubscribeAsync(channel)).TakeAsync(5)));
    }

    [Fact]
    public async Task C6_Limit_of_bytes_keeps_the_last_message_even_alone_above_it()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("bytes.channel");
        Assert.Equal("", (await client.TryPublishAsync(channel, new byte[5000])).Error);
        MsgProto large = await (await client.SubscribeAsync(channel)).NextAsync();
        Assert.Equal((1ul, 5000), (large.Sequence, large.Data.Length));
        for (int i = 0; i < 10; i++) Assert.Equal("", (await client.TryPublishAsync(channel, new byte[200])).Error);
        StanSubscription all = await client.SubscribeAsync(channel);
        MsgProto first = await all.NextAsync();
        Assert.InRange(first.Sequence, 8ul, 9ul);
        List<MsgProto> rest = await all.TakeAsync((int)(11 - first.Sequence));
        Assert.Equal(11ul, rest[^1].Sequence);
    }
}
