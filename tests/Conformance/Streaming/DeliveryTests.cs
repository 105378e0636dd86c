using System.Text;
using System.Diagnostics;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class DeliveryTests(StreamingServer server) : StreamingTests(server)
{
    [Fact]
    public async Task D6_Messages_of_concurrent_publishers_arrive_in_order_without_a_gap()
    {
        const int Publishers = 4;
        const int Each = 5000;
        const int Burst = 250;
        string channel = NewChannel();
        StanClient reader = await NewClientAsync();
        StanSubscription subscription = await reader.SubscribeAsync(channel);
        Task publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(async number =>
        {
            StanClient publisher = await NewClientAsync();
            for (int i = 0; i < Each / Burst; i++)
            {
                Assert.All(await Task.WhenAll(Enumerable.Range(i * Burst, Burst)
                    .Select(place => publisher.TryPublishAsync(channel, Encoding.UTF8.GetBytes($"{number} {place}")))), static ack => Assert.Equal("", ack.Error));
            }
        }));
        List<MsgProto> messages = await subscription.TakeAndAckAsync(Publishers * Each);
        await publishing;
        Assert.Equal(Range(1, Publishers * Each), SequencesOf(messages));
        Assert.All(messages, static message => Assert.False(message.Redelivered));

        // Each publisher's own in the order in which it sent them.
        foreach (IGrouping<string, string[]> publisher in messages.Select(static message => TextOf(message).Split(' ')).GroupBy(static parts => parts[0]))
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(static place => place.ToString()), publisher.Select(static parts => parts[1]));
        }
    }

    [Fact]
    public async Task D7_Messages_that_limits_took_are_skipped_silently()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("five.channel");
        await client.PublishAsync(channel, "1");
        StanSubscription slow = await client.SubscribeAsync(channel, static request => request.MaxInFlight = 1);
        Assert.Equal(1ul, (await slow.NextAsync()).Sequence);
        await client.PublishAsync(channel, 2, 12);
        slow.Ack(1);
        Assert.Equal(8ul, (await slow.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D9_Max_in_flight_is_exact_and_one_ack_frees_one()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 10);
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.MaxInFlight = 3);
        Assert.Equal(Range(1, 3), SequencesOf(await subscription.TakeAsync(3)));
        Assert.True(await subscription.IsQuietAsync());
        subscription.Ack(2);
        Assert.Equal(4ul, (await subscription.NextAsync()).Sequence);
        Assert.True(await subscription.IsQuietAsync());
    }

    [Fact]
    public async Task D10_One_in_flight_keeps_the_order_through_redelivery()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 2);
        StanSubscription subscription = await SubscribeAsync(client, channel, maxInFlight: 1);
        List<MsgProto> messages = await subscription.TakeAsync(2);
        Assert.Equal([(1ul, false), (1ul, true)], messages.Select(static message => (message.Sequence, message.Redelivered)));
        subscription.Ack(1);
        Assert.Equal(2ul, (await subscription.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D11_D12_Redelivery_comes_each_ack_wait_and_counts()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await SubscribeAsync(client, channel, maxInFlight: 10);
        await client.PublishAsync(channel, "1");
        MsgProto first = await subscription.NextAsync();
        Assert.Equal((false, 0u), (first.Redelivered, first.RedeliveryCount));
        var watch = Stopwatch.StartNew();
        for (uint round = 1; round <= 5; round++)
        {
            MsgProto again = await subscription.NextAsync();
            Assert.Equal((1ul, true, round, first.Timestamp), (again.Sequence, again.Redelivered, again.RedeliveryCount, again.Timestamp));
            Assert.InRange(watch.Elapsed.TotalSeconds, round - 0.1, round + 0.6);
        }
    }

    [Fact]
    public async Task D11_Each_message_has_an_ack_wait_of_its_own()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await SubscribeAsync(client, channel, maxInFlight: 10);
        await client.PublishAsync(channel, "1");
        await subscription.NextAsync();
        await Task.Delay(500);
        await client.PublishAsync(channel, "2");
        await subscription.NextAsync();
        subscription.Ack(1);
        MsgProto again = await subscription.NextAsync();
        Assert.Equal((2ul, true), (again.Sequence, again.Redelivered));
    }

    [Fact]
    public async Task D13_Late_double_and_unknown_acks_are_harmless()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.MaxInFlight = 2);
        await subscription.TakeAsync(2);
        subscription.Ack(99);
        subscription.Ack(0);
        subscription.Ack(ulong.MaxValue);
        client.Nats.Publish(subscription.AckInbox, [0xff, 0xff]);
        client.Nats.Publish(subscription.AckInbox, []);
        Assert.True(await subscription.IsQuietAsync());
        subscription.Ack(1);
        subscription.Ack(1);
        Assert.Equal(3ul, (await subscription.NextAsync()).Sequence);
        await client.PublishAsync(channel, "4");
        Assert.True(await subscription.IsQuietAsync());
        subscription.Ack(3);
        Assert.Equal(4ul, (await subscription.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D14_Message_that_limits_took_while_pending_counts_as_acknowledged()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("five.channel");
        await client.PublishAsync(channel, 1, 5);
        StanSubscription subscription = await SubscribeAsync(client, channel, maxInFlight: 5);
        Assert.Equal(Range(1, 5), SequencesOf(await subscription.TakeAsync(5)));
        await client.PublishAsync(channel, 6, 12);
        Assert.Equal(Range(8, 12), SequencesOf(await subscription.TakeAsync(5)));
    }

    [Fact]
    public async Task D15_Closed_subscription_without_durable_leaves_nothing_behind()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription first = await SubscribeAsync(client, channel, maxInFlight: 10);
        await client.PublishAsync(channel, 1, 2);
        await first.TakeAsync(2);
        Assert.Equal("", await first.CloseAsync());
        StanSubscription second = await client.SubscribeAsync(channel, static request => request.StartPosition = StartPosition.NewOnly);
        Assert.Null(await second.NextOrNullAsync(TimeSpan.FromSeconds(1.5)));
        Assert.True(await first.IsQuietAsync());
    }

    [Fact]
    public async Task Two_subscriptions_of_one_client_each_get_everything()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription first = await client.SubscribeAsync(channel);
        StanSubscription second = await client.SubscribeAsync(channel);
        await client.PublishAsync(channel, 1, 5);
        Assert.Equal(Range(1, 5), SequencesOf(await first.TakeAsync(5)));
        Assert.Equal(Range(1, 5), SequencesOf(await second.TakeAsync(5)));
    }

    private static Task<StanSubscription> SubscribeAsync(StanClient client, string channel, int maxInFlight) =>
        client.SubscribeAsync(channel, request =>
        {
            request.MaxInFlight = maxInFlight;
            request.AckWaitInSecs = 1;
        });
}
