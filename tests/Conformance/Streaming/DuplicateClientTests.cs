using System.Diagnostics;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class DuplicateClientTests(StreamingServer server) : StreamingTests(server)
{
    [Fact]
    public async Task W23_Second_client_of_an_id_is_refused_while_the_first_lives()
    {
        StanClient first = await NewClientAsync();
        (_, ConnectResponse response) = await StanClient.TryConnectAsync(await ConnectAsync(), first.Id);
        Assert.Equal("stan: clientID already registered", response.Error);
        await first.PublishAsync(NewChannel(), "still here");
        Assert.Single(first.Heartbeats);
        Assert.Empty(first.Heartbeats.First().Payload);
    }

    [Fact]
    public async Task W24_Client_whose_connection_is_gone_is_replaced_at_once()
    {
        NatsConnection doomed = await ConnectAsync();
        StanClient first = await StanClient.ConnectAsync(doomed);
        NatsConnection second = await ConnectAsync();
        await doomed.AbortAsync();
        await NobodyListensAsync(second, first.HeartbeatInbox);
        var watch = Stopwatch.StartNew();
        StanClient successor = await StanClient.ConnectAsync(second, first.Id);
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(450), $"It took {watch.Elapsed}.");
        await ServesAsync(successor);
    }

    [Fact]
    public async Task W24_Mute_client_is_replaced_after_half_a_second()
    {
        StanClient first = await NewClientAsync();
        first.IsMute = true;
        string channel = NewChannel();
        StanSubscription subscription = await first.SubscribeAsync(channel);
        var watch = Stopwatch.StartNew();
        StanClient successor = await NewClientAsync(first.Id);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(450), TimeSpan.FromMilliseconds(1500));
        Assert.Single(first.Heartbeats);
        await ServesAsync(successor);

        // What the first one had subscribed to has ended with it.
        await successor.PublishAsync(channel, "for nobody");
        Assert.True(await subscription.IsQuietAsync());
    }

    [Fact]
    public async Task W25_Replaced_client_learns_it_from_publish_and_ping()
    {
        StanClient zombie = await NewClientAsync();
        zombie.IsMute = true;
        await NewClientAsync(zombie.Id);
        Assert.Equal("stan: invalid publish request", (await zombie.TryPublishAsync(NewChannel(), "x"u8)).Error);
        Assert.Equal("client has been replaced or is no longer registered", PingResponse.Parser.ParseFrom((await zombie.PingAsync()).Payload).Error);
    }

    [Fact]
    public async Task W26_Close_of_a_replaced_client_leaves_its_successor_alone()
    {
        StanClient zombie = await NewClientAsync();
        zombie.IsMute = true;
        StanClient successor = await NewClientAsync(zombie.Id);
        string channel = NewChannel();
        StanSubscription subscription = await successor.SubscribeAsync(channel);
        await zombie.RequestCloseAsync();
        await successor.PublishAsync(channel, "alive");
        Assert.Equal("alive", TextOf(await subscription.NextAsync()));
        Assert.Empty((await successor.PingAsync()).Payload);
    }

    /// <summary>Asks until the server has noticed that nobody is there any more.</summary>
    private static async Task NobodyListensAsync(NatsConnection connection, string inbox)
    {
        for (bool isGone = false; !isGone;)
        {
            try
            {
                isGone = (await connection.RequestAsync(inbox, [], Patience.Silence)).IsNoResponders;
            }
            catch (TimeoutException)
            {
                // It went to the connection that was cut.
            }
        }
    }

    /// <summary>The session is one of its own: it may publish, subscribe and ping.</summary>
    private static async Task ServesAsync(StanClient successor)
    {
        string channel = NewChannel();
        StanSubscription subscription = await successor.SubscribeAsync(channel);
        await successor.PublishAsync(channel, "mine");
        Assert.Equal("mine", TextOf(await subscription.NextAsync()));
        Assert.Empty((await successor.PingAsync()).Payload);
    }

    [Fact]
    public async Task D16_Takeover_keeps_durables_and_drops_other_subscriptions()
    {
        StanClient zombie = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription durable = await zombie.SubscribeAsync(channel, static request => request.DurableName = "d");
        StanSubscription plain = await zombie.SubscribeAsync(channel);
        await zombie.PublishAsync(channel, 1, 2);
        await durable.TakeAsync(2);
        await plain.TakeAsync(2);
        zombie.IsMute = true;
        StanClient successor = await NewClientAsync(zombie.Id);
        StanSubscription resumed = await successor.SubscribeAsync(channel, static request => request.DurableName = "d");
        List<MsgProto> pending = await resumed.TakeAsync(2);
        Assert.All(pending, static message => Assert.True(message.Redelivered));
        await successor.PublishAsync(channel, "3");
        Assert.Equal(3ul, (await resumed.NextAsync()).Sequence);
        Assert.True(await plain.IsQuietAsync());
        Assert.True(await durable.IsQuietAsync());
    }
}
