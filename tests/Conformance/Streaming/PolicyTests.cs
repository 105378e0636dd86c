using System.Diagnostics;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>Settings that NATS Streaming does not have.</summary>
public sealed class PolicyTests(PolicyServer server) : StreamingTests(server)
{
    [Fact]
    public async Task Redelivery_waits_are_kept_one_after_the_other()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("patient.x");
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.AckWaitInSecs = 1);
        var watch = Stopwatch.StartNew();
        await client.PublishAsync(channel, "slow");
        await subscription.NextAsync();
        foreach (int milliseconds in (int[])[1500, 4500])
        {
            Assert.True((await subscription.NextAsync()).Redelivered);
            Assert.True(watch.ElapsedMilliseconds >= milliseconds, $"It came after {watch.Elapsed} already.");
        }
    }

    /// <summary>Sixty days are more than a timer can wait.</summary>
    [Fact]
    public async Task Wait_of_months_ends_no_delivery()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("forever.x");
        StanSubscription subscription = await client.SubscribeAsync(channel);
        await client.PublishAsync(channel, 1, 3);
        Assert.Equal(Range(1, 3), SequencesOf(await subscription.TakeAsync(3)));
        await client.RequestCloseAsync();
        Assert.DoesNotContain("cannot deliver", (await server.GetAsync()).Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Single_active_member_gets_everything_and_the_next_one_begins_with_what_it_left()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("single.x");
        StanSubscription first = await client.SubscribeAsync(channel, InGroup);
        StanSubscription second = await (await NewClientAsync()).SubscribeAsync(channel, InGroup);
        await client.PublishAsync(channel, 1, 10);
        Assert.Equal(Range(1, 10), SequencesOf(await first.TakeAsync(10)));
        Assert.True(await second.IsQuietAsync());

        for (ulong sequence = 1; sequence <= 7; sequence++) first.Ack(sequence);
        Assert.Equal("", await first.CloseAsync());
        await client.PublishAsync(channel, "11");
        List<MsgProto> rest = await second.TakeAsync(4);
        Assert.Equal(Range(8, 11), SequencesOf(rest));
        Assert.Equal([true, true, true, false], rest.Select(static message => message.Redelivered));
    }

    [Fact]
    public async Task Client_that_comes_back_under_its_id_replaces_the_one_that_still_answers()
    {
        StanClient first = await NewClientAsync();
        StanClient second = await NewClientAsync(first.Id);
        Assert.Empty(first.Heartbeats);
        Assert.Equal("stan: invalid publish request", (await first.TryPublishAsync(NewChannel(), "x"u8)).Error);
        await second.PublishAsync(NewChannel(), "x");
    }

    [Fact]
    public async Task Connect_request_whose_sender_is_not_there_any_more_replaces_nobody()
    {
        StanClient client = await NewClientAsync();
        (_, ConnectResponse late) = await StanClient.TryConnectAsync(await ConnectAsync(), client.Id, static request => request.HeartbeatInbox += ".gone");
        Assert.Equal("stan: clientID already registered", late.Error);
        await client.PublishAsync(NewChannel(), "x");
    }

    private static void InGroup(SubscriptionRequest request) => request.QGroup = "workers";
}
