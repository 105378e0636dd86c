using System.Diagnostics;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class QueueTests(StreamingServer server) : StreamingTests(server)
{
    private static readonly TimeSpan AckWait = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task D24_Idle_members_take_turns()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription one = await JoinAsync(client, channel);
        StanSubscription two = await JoinAsync(client, channel);
        await client.PublishAsync(channel, 1, 6);
        ulong[][] shares = [SequencesOf(await one.TakeAsync(3)), SequencesOf(await two.TakeAsync(3))];
        Assert.Equal([[1ul, 3ul, 5ul], [2ul, 4ul, 6ul]], shares.OrderBy(static share => share[0]));
    }

    [Fact]
    public async Task D25_Member_with_fewest_pending_is_chosen_and_each_has_its_own_max_in_flight()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription one = await JoinAsync(client, channel, static request => request.MaxInFlight = 1);
        StanSubscription two = await JoinAsync(client, channel, static request => request.MaxInFlight = 2);
        await client.PublishAsync(channel, 1, 6);
        ulong[] held = [(await one.NextAsync()).Sequence, .. SequencesOf(await two.TakeAsync(2))];
        Assert.Equal(Range(1, 3), held.Order());
        Assert.True(await one.IsQuietAsync());
        Assert.True(await two.IsQuietAsync());
        one.Ack(held[0]);
        Assert.Equal(4ul, (await one.NextAsync()).Sequence);
        Assert.True(await two.IsQuietAsync());
    }

    [Fact]
    public async Task D26_Joining_a_group_ignores_the_start_position()
    {
        (StanClient client, string channel) = await StartAsync();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription one = await JoinAsync(client, channel);
        await one.TakeAndAckAsync(3);
        StanSubscription two = await JoinAsync(client, channel);
        Assert.True(await two.IsQuietAsync());
        await client.PublishAsync(channel, 4, 5);
        ulong[] both = [(await one.NextAsync()).Sequence, (await two.NextAsync()).Sequence];
        Assert.Equal([4ul, 5ul], both.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D27_Plain_group_is_forgotten_with_its_last_member(bool unsubscribe)
    {
        (StanClient client, string channel) = await StartAsync();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription only = await JoinAsync(client, channel);
        await only.TakeAndAckAsync(3);
        Assert.Equal("", unsubscribe ? await only.UnsubscribeAsync() : await only.CloseAsync());
        List<MsgProto> again = await (await JoinAsync(client, channel)).TakeAsync(3);
        Assert.Equal(Range(1, 3), SequencesOf(again));
        Assert.All(again, static message => Assert.False(message.Redelivered));
    }

    [Fact]
    public async Task D28_Durable_group_is_resumed_by_any_client_pending_messages_first()
    {
        (StanClient one, string channel) = await StartAsync();
        StanClient two = await NewClientAsync();
        await one.PublishAsync(channel, 1, 3);
        StanSubscription first = await JoinAsync(one, channel, static request => request.DurableName = "d");
        await first.TakeAsync(3);
        first.Ack(2);
        await one.CloseAsync();
        await two.PublishAsync(channel, 4, 5);
        List<MsgProto> resumed = await (await JoinAsync(two, channel, static request => request.DurableName = "d")).TakeAsync(4);
        Assert.Equal([1ul, 3ul, 4ul, 5ul], SequencesOf(resumed));
        Assert.Equal([true, true, false, false], resumed.Select(static message => message.Redelivered));
    }

    [Fact]
    public async Task D30_Durable_and_plain_group_of_one_name_are_independent()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription durable = await JoinAsync(client, channel, static request => request.DurableName = "d");
        StanSubscription plain = await JoinAsync(client, channel);
        await client.PublishAsync(channel, 1, 4);
        Assert.Equal(Range(1, 4), SequencesOf(await durable.TakeAsync(4)));
        Assert.Equal(Range(1, 4), SequencesOf(await plain.TakeAsync(4)));
    }

    [Fact]
    public async Task D31_Plain_group_named_like_a_durable_one_is_separate()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription durable = await JoinAsync(client, channel, static request => (request.DurableName, request.QGroup) = ("d", "g"));
        StanSubscription plain = await JoinAsync(client, channel, static request => request.QGroup = "d:g");
        await client.PublishAsync(channel, 1, 4);
        Assert.Equal(Range(1, 4), SequencesOf(await durable.TakeAsync(4)));
        Assert.Equal(Range(1, 4), SequencesOf(await plain.TakeAsync(4)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D32_Pending_messages_of_a_member_that_leaves_go_to_the_others_soon_and_beyond_max_in_flight(bool crash)
    {
        (StanClient client, string channel) = await StartAsync();
        StanClient leaving = await NewClientAsync();
        StanSubscription stays = await JoinAsync(client, channel, static request => request.MaxInFlight = 2);
        StanSubscription leaves = await JoinAsync(leaving, channel, static request => request.MaxInFlight = 2);
        await client.PublishAsync(channel, 1, 4);
        ulong[] left = SequencesOf(await leaves.TakeAsync(2));
        await stays.TakeAsync(2);
        var watch = Stopwatch.StartNew();
        if (crash) await leaving.CloseAsync();
        else Assert.Equal("", await leaves.CloseAsync());
        List<MsgProto> taken = await stays.TakeAsync(2);
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(500), $"It took {watch.Elapsed}.");
        Assert.Equal(left, SequencesOf(taken));
        Assert.All(taken, static message => Assert.True(message.Redelivered));
    }

    [Fact]
    public async Task D33_Unsubscribe_of_a_durable_group_deletes_it_only_with_the_last_member()
    {
        (StanClient client, string channel) = await StartAsync();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription one = await JoinAsync(client, channel, static request => request.DurableName = "d");
        await one.TakeAndAckAsync(3);
        StanSubscription two = await JoinAsync(client, channel, static request => request.DurableName = "d");
        Assert.Equal("", await one.UnsubscribeAsync());
        await client.PublishAsync(channel, "4");
        MsgProto next = await two.NextAsync();
        Assert.Equal(4ul, next.Sequence);
        two.Ack(4);
        Assert.Equal("", await two.UnsubscribeAsync());
        StanSubscription fresh = await JoinAsync(client, channel, static request => request.DurableName = "d");
        Assert.Equal(Range(1, 4), SequencesOf(await fresh.TakeAsync(4)));
    }

    [Fact]
    public async Task D34_Expired_messages_go_to_some_member_until_they_are_acknowledged()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription one = await JoinAsync(client, channel, AckWaitOfASecond);
        StanSubscription two = await JoinAsync(client, channel, AckWaitOfASecond);
        await client.PublishAsync(channel, 1, 4);
        await one.TakeAsync(2);
        await two.TakeAsync(2);
        var again = new List<MsgProto>();
        while (again.Count < 4)
        {
            if (await one.NextOrNullAsync(TimeSpan.FromMilliseconds(20)) is { } first) again.Add(first);
            if (await two.NextOrNullAsync(TimeSpan.FromMilliseconds(20)) is { } second) again.Add(second);
        }

        Assert.Equal(Range(1, 4), SequencesOf(again).Order());
        Assert.All(again, static message => Assert.Equal((true, 1u), (message.Redelivered, message.RedeliveryCount)));
    }

    [Fact]
    public async Task D35_Ack_of_a_former_owner_counts()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription former = await JoinAsync(client, channel, AckWaitOfASecond);
        await client.PublishAsync(channel, 1, 3);
        await former.TakeAsync(3);
        StanSubscription present = await JoinAsync(client, channel, AckWaitOfASecond);
        MsgProto moved = await present.NextAsync();
        Assert.True(moved.Redelivered);
        for (ulong i = 1; i <= 3; i++) former.Ack(i);
        await client.Nats.RoundTripAsync();
        await DrainAsync(former);
        await DrainAsync(present);
        Assert.Null(await former.NextOrNullAsync(AckWait * 1.5));
        Assert.Null(await present.NextOrNullAsync(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task D37_Position_stands_while_all_members_are_stalled()
    {
        (StanClient client, string channel) = await StartAsync();
        StanSubscription one = await JoinAsync(client, channel, static request => request.MaxInFlight = 1);
        StanSubscription two = await JoinAsync(client, channel, static request => request.MaxInFlight = 1);
        await client.PublishAsync(channel, 1, 5);
        MsgProto first = await one.NextAsync();
        await two.NextAsync();
        Assert.True(await one.IsQuietAsync());
        Assert.True(await two.IsQuietAsync());
        one.Ack(first.Sequence);
        MsgProto next = await one.NextAsync();
        Assert.Equal((3ul, false), (next.Sequence, next.Redelivered));
    }

    private static void AckWaitOfASecond(SubscriptionRequest request) => request.AckWaitInSecs = 1;

    private static Task<StanSubscription> JoinAsync(StanClient client, string channel, Action<SubscriptionRequest>? change = null) =>
        client.SubscribeAsync(channel, request =>
        {
            request.QGroup = "g";
            change?.Invoke(request);
        });

    /// <summary>Takes what is on its way already.</summary>
    private static async Task DrainAsync(StanSubscription subscription)
    {
        while (await subscription.NextOrNullAsync(TimeSpan.FromMilliseconds(200)) is not null)
        {
        }
    }

    private async Task<(StanClient Client, string Channel)> StartAsync() => (await NewClientAsync(), NewChannel());
}
