using System.Diagnostics;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>Against a server with heartbeats each second, half a second to answer, and two failures allowed.</summary>
public sealed class HeartbeatTests(ImpatientServer server) : StreamingTests(server)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task W21_Heartbeats_are_empty_requests_the_first_after_one_interval()
    {
        NatsConnection nats = await ConnectAsync();
        NatsSubscription heartbeats = nats.Subscribe(UniqueName.Inbox());
        var watch = Stopwatch.StartNew();
        (_, ConnectResponse response) = await StanClient.TryConnectAsync(nats, UniqueName.Next("client"), request => request.HeartbeatInbox = heartbeats.Subject);
        Assert.Equal("", response.Error);
        for (int i = 1; i <= 3; i++)
        {
            NatsMessage heartbeat = await heartbeats.NextAsync();
            nats.Publish(heartbeat.ReplyTo, []);
            Assert.Empty(heartbeat.Payload);
            Assert.NotEmpty(heartbeat.ReplyTo);
            Assert.InRange(watch.Elapsed, (i * Interval) - Tolerance, (i * Interval) + (5 * Tolerance));
        }
    }

    [Fact]
    public async Task W22_Mute_client_is_evicted_after_three_intervals_and_timeouts()
    {
        StanClient client = await NewClientAsync();
        client.IsMute = true;
        TimeSpan lived = await LifeOfAsync(client);
        Assert.InRange(lived, TimeSpan.FromSeconds(4.5) - Tolerance, TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task W22_Client_without_interest_in_its_inbox_is_evicted_after_three_intervals()
    {
        NatsConnection nats = await ConnectAsync();
        (StanClient client, ConnectResponse response) = await StanClient.TryConnectAsync(
            nats, UniqueName.Next("client"), static request => request.HeartbeatInbox = UniqueName.Inbox());
        Assert.Equal("", response.Error);
        TimeSpan lived = await LifeOfAsync(client);
        Assert.InRange(lived, TimeSpan.FromSeconds(3) - Tolerance, TimeSpan.FromSeconds(4.3));
    }

    [Fact]
    public async Task W22_Client_that_answers_stays()
    {
        StanClient client = await NewClientAsync();
        while (client.Heartbeats.Count < 6) await Task.Delay(50);
        await client.PublishAsync(NewChannel(), "still here");
    }

    [Fact]
    public async Task D16_Eviction_keeps_a_durable()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription durable = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
        await durable.TakeAsync(3);
        durable.Ack(1);
        client.IsMute = true;
        await LifeOfAsync(client);
        StanClient again = await NewClientAsync(client.Id);
        List<MsgProto> pending = await (await again.SubscribeAsync(channel, static request => request.DurableName = "d")).TakeAsync(2);
        Assert.Equal([2ul, 3ul], SequencesOf(pending));
        Assert.All(pending, static message => Assert.True(message.Redelivered));
    }

    [Fact]
    public async Task D36_Member_with_failed_heartbeats_gets_nothing()
    {
        StanClient mute = await NewClientAsync();
        StanClient well = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription first = await mute.SubscribeAsync(channel, static request => request.QGroup = "g");
        StanSubscription second = await well.SubscribeAsync(channel, static request => request.QGroup = "g");
        mute.IsMute = true;
        int before = mute.Heartbeats.Count;
        while (mute.Heartbeats.Count < before + 2) await Task.Delay(20);

        // The second heartbeat comes once the first has failed.
        await well.PublishAsync(channel, 1, 6);
        Assert.Equal(Range(1, 6), SequencesOf(await second.TakeAsync(6)));
        Assert.Null(await first.NextOrNullAsync(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task D21_Replacing_server_lets_a_new_subscription_take_an_active_durable_over()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription first = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
        await client.PublishAsync(channel, "1");
        Assert.Equal(1ul, (await first.NextAsync()).Sequence);
        StanSubscription second = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
        MsgProto again = await second.NextAsync();
        Assert.Equal((1ul, true), (again.Sequence, again.Redelivered));
        await client.PublishAsync(channel, "2");
        Assert.Equal(2ul, (await second.NextAsync()).Sequence);
        Assert.True(await first.IsQuietAsync());
    }

    /// <summary>How long the server still takes its publishes. A ping would provoke a heartbeat, so the test publishes.</summary>
    private static async Task<TimeSpan> LifeOfAsync(StanClient client)
    {
        var watch = Stopwatch.StartNew();
        string channel = NewChannel();
        while ((await client.TryPublishAsync(channel, "x"u8)).Error.Length == 0)
        {
            Assert.True(watch.Elapsed < Patience.Long, "The client was never evicted.");
            await Task.Delay(20);
        }

        return watch.Elapsed;
    }
}
