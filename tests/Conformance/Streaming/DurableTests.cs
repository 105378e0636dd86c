using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class DurableTests(StreamingServer server) : StreamingTests(server)
{
    /// <summary>How a durable goes offline.</summary>
    public enum Ending
    {
        SubscriptionClose,
        ConnectionClose,
        Crash,
    }

    [Theory]
    [InlineData(Ending.SubscriptionClose)]
    [InlineData(Ending.ConnectionClose)]
    [InlineData(Ending.Crash)]
    public async Task D16_Resumed_durable_gets_its_pending_messages_then_new_ones(Ending ending)
    {
        NatsConnection nats = await ConnectAsync();
        StanClient client = await StanClient.ConnectAsync(nats);
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 4);
        StanSubscription first = await SubscribeAsync(client, channel);
        await first.TakeAsync(4);
        first.Ack(1);
        first.Ack(3);
        await nats.RoundTripAsync();
        client = await EndAsync(client, first, ending);
        await client.PublishAsync(channel, 5, 6);
        List<MsgProto> resumed = await (await SubscribeAsync(client, channel)).TakeAsync(4);
        Assert.Equal([2ul, 4ul, 5ul, 6ul], SequencesOf(resumed));
        Assert.Equal([true, true, false, false], resumed.Select(static message => message.Redelivered));
    }

    [Fact]
    public async Task D17_Resume_ignores_the_start_and_takes_inboxes_and_max_in_flight_from_the_new_request()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 6);
        StanSubscription first = await SubscribeAsync(client, channel);
        await first.TakeAsync(6);
        for (ulong i = 1; i <= 3; i++) first.Ack(i);
        Assert.Equal("", await first.CloseAsync());
        await client.PublishAsync(channel, 7, 9);
        StanSubscription second = await SubscribeAsync(client, channel, request =>
        {
            request.MaxInFlight = 1;
            request.StartPosition = StartPosition.First;
        });
        Assert.NotEqual(first.AckInbox, second.AckInbox);
        foreach (MsgProto pending in await second.TakeAsync(3)) second.Ack(pending.Sequence);
        Assert.Equal(7ul, (await second.NextAsync()).Sequence);
        Assert.True(await second.IsQuietAsync());
        Assert.True(await first.IsQuietAsync());
        second.Ack(7);
        Assert.Equal(8ul, (await second.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D17_Resume_takes_the_ack_wait_from_the_new_request()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription first = await SubscribeAsync(client, channel);
        Assert.Equal("", await first.CloseAsync());
        StanSubscription second = await SubscribeAsync(client, channel, static request => request.AckWaitInSecs = 1);
        await client.PublishAsync(channel, "1");
        List<MsgProto> messages = await second.TakeAsync(2);
        Assert.Equal([false, true], messages.Select(static message => message.Redelivered));
    }

    [Fact]
    public async Task D18_Resume_sends_all_pending_messages_even_beyond_max_in_flight()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 5);
        StanSubscription first = await SubscribeAsync(client, channel, static request => request.MaxInFlight = 3);
        await first.TakeAsync(3);
        Assert.Equal("", await first.CloseAsync());
        StanSubscription second = await SubscribeAsync(client, channel, static request => request.MaxInFlight = 1);
        List<MsgProto> pending = await second.TakeAsync(3);
        Assert.Equal([(1ul, true, 1u), (2ul, true, 1u), (3ul, true, 1u)], pending.Select(static m => (m.Sequence, m.Redelivered, m.RedeliveryCount)));
        Assert.True(await second.IsQuietAsync());
        for (ulong i = 1; i <= 3; i++) second.Ack(i);
        MsgProto next = await second.NextAsync();
        Assert.Equal((4ul, false), (next.Sequence, next.Redelivered));
        Assert.True(await second.IsQuietAsync());
    }

    [Fact]
    public async Task D19_Durable_of_the_same_name_is_another_one_for_another_client()
    {
        string channel = NewChannel();
        StanClient one = await NewClientAsync();
        StanClient two = await NewClientAsync();
        await one.PublishAsync(channel, 1, 3);
        Assert.Equal(Range(1, 3), SequencesOf(await (await SubscribeAsync(one, channel)).TakeAndAckAsync(3)));
        Assert.Equal(Range(1, 3), SequencesOf(await (await SubscribeAsync(two, channel)).TakeAndAckAsync(3)));
    }

    [Fact]
    public async Task D20_Names_that_only_look_alike_when_joined_are_two_durables()
    {
        string unique = UniqueName.Next("c");
        const string Channel = "k";
        StanClient one = await NewClientAsync(unique);
        StanClient two = await NewClientAsync(unique + "-" + Channel);
        await one.PublishAsync(Channel, "x");
        StanSubscription first = await one.SubscribeAsync(Channel, static request => request.DurableName = "k-x");
        StanSubscription second = await two.SubscribeAsync(Channel, static request => request.DurableName = "x");
        Assert.Equal(1ul, (await first.NextAsync()).Sequence);
        Assert.Equal(1ul, (await second.NextAsync()).Sequence);
        Assert.Equal("", await first.UnsubscribeAsync());
        Assert.Equal("", await second.UnsubscribeAsync());
    }

    [Fact]
    public async Task D21_Active_durable_cannot_be_subscribed_twice()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await SubscribeAsync(client, channel);
        (_, SubscriptionResponse response) = await client.TrySubscribeAsync(channel, static request => request.DurableName = "d");
        Assert.Equal("stan: duplicate durable registration", response.Error);
    }

    [Fact]
    public async Task D22_Unsubscribed_durable_starts_anew()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription first = await SubscribeAsync(client, channel);
        await first.TakeAndAckAsync(3);
        Assert.Equal("", await first.UnsubscribeAsync());
        List<MsgProto> again = await (await SubscribeAsync(client, channel)).TakeAsync(3);
        Assert.Equal(Range(1, 3), SequencesOf(again));
        Assert.All(again, static message => Assert.False(message.Redelivered));
    }

    [Fact]
    public async Task D23_Offline_durable_cannot_be_unsubscribed()
    {
        StanClient client = await NewClientAsync();
        StanSubscription durable = await SubscribeAsync(client, NewChannel());
        Assert.Equal("", await durable.CloseAsync());
        Assert.Equal("stan: invalid subscription", await durable.UnsubscribeAsync());
    }

    private static Task<StanSubscription> SubscribeAsync(StanClient client, string channel, Action<SubscriptionRequest>? change = null) =>
        client.SubscribeAsync(channel, request =>
        {
            request.DurableName = "d";
            change?.Invoke(request);
        });

    private async Task<StanClient> EndAsync(StanClient client, StanSubscription subscription, Ending ending)
    {
        switch (ending)
        {
            case Ending.SubscriptionClose:
                Assert.Equal("", await subscription.CloseAsync());
                return client;
            case Ending.ConnectionClose:
                await client.CloseAsync();
                return await StanClient.ConnectAsync(client.Nats, client.Id);
            default:
                await client.Nats.AbortAsync();
                return await NewClientAsync(client.Id);
        }
    }
}
