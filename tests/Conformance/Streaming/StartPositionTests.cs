using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class StartPositionTests(StreamingServer server) : StreamingTests(server)
{
    private const long Hour = 3600L * 1_000_000_000;

    [Fact]
    public async Task D1_First_gives_everything()
    {
        (StanClient client, string channel) = await FilledAsync(5);
        StanSubscription subscription = await client.SubscribeAsync(channel);
        Assert.Equal(Range(1, 5), SequencesOf(await subscription.TakeAsync(5)));
    }

    [Fact]
    public async Task D1_New_only_gives_what_comes_and_never_what_was_acknowledged()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        for (ulong i = 1; i <= 20; i++)
        {
            await client.PublishAsync(channel, "old");
            StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.NewOnly);
            await client.PublishAsync(channel, "new");
            MsgProto message = await subscription.NextAsync();
            Assert.Equal(("new", 2 * i), (TextOf(message), message.Sequence));
            Assert.Equal("", await subscription.UnsubscribeAsync());
        }
    }

    [Fact]
    public async Task D1_Last_received_gives_the_last_and_what_comes()
    {
        (StanClient client, string channel) = await FilledAsync(5);
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.LastReceived);
        await client.PublishAsync(channel, "6");
        Assert.Equal(Range(5, 6), SequencesOf(await subscription.TakeAsync(2)));
    }

    [Theory]
    [InlineData(StartPosition.NewOnly)]
    [InlineData(StartPosition.LastReceived)]
    [InlineData(StartPosition.First)]
    [InlineData(StartPosition.SequenceStart)]
    [InlineData(StartPosition.TimeDeltaStart)]
    public async Task D1_C1_Every_position_of_an_empty_channel_gives_the_first_message(StartPosition start)
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await SubscribeAsync(client, channel, start, request =>
        {
            request.StartSequence = 7;
            request.StartTimeDelta = Hour;
        });
        await client.PublishAsync(channel, "1");
        Assert.Equal(1ul, (await subscription.NextAsync()).Sequence);
    }

    [Theory]
    [InlineData(0ul, 1ul)]
    [InlineData(1ul, 1ul)]
    [InlineData(3ul, 3ul)]
    [InlineData(5ul, 5ul)]
    public async Task D2_Sequence_start_is_exact_and_0_means_the_first(ulong start, ulong first)
    {
        (StanClient client, string channel) = await FilledAsync(5);
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.SequenceStart, request => request.StartSequence = start);
        Assert.Equal(first, (await subscription.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D2_Sequence_start_below_the_first_gives_the_first_available()
    {
        (StanClient client, string channel) = await FilledAsync(12, "five.channel");
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.SequenceStart, static request => request.StartSequence = 2);
        Assert.Equal(Range(8, 12), SequencesOf(await subscription.TakeAsync(5)));
    }

    [Fact]
    public async Task D3_Sequence_start_above_the_last_is_new_only()
    {
        (StanClient client, string channel) = await FilledAsync(10);
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.SequenceStart, static request => request.StartSequence = 50);
        await client.PublishAsync(channel, "11");
        Assert.Equal(11ul, (await subscription.NextAsync()).Sequence);
    }

    [Theory]
    [InlineData(Hour, 1ul)]
    [InlineData(0, 4ul)]
    [InlineData(-1000 * 1_000_000_000L, 4ul)]
    public async Task D4_Time_delta_goes_by_the_server_s_clock_and_0_or_less_is_new_only(long delta, ulong first)
    {
        (StanClient client, string channel) = await FilledAsync(3);
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.TimeDeltaStart, request => request.StartTimeDelta = delta);
        await client.PublishAsync(channel, "4");
        Assert.Equal(first, (await subscription.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D4_Time_delta_finds_the_first_message_that_is_young_enough()
    {
        (StanClient client, string channel) = await FilledAsync(3);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await client.PublishAsync(channel, "4");
        StanSubscription subscription = await SubscribeAsync(client, channel, StartPosition.TimeDeltaStart, static request => request.StartTimeDelta = 1_800_000_000);
        Assert.Equal(4ul, (await subscription.NextAsync()).Sequence);
    }

    [Fact]
    public async Task D5_Timestamps_are_unix_nanoseconds_and_never_decrease()
    {
        const int Count = 200;
        DateTimeOffset before = DateTimeOffset.UtcNow;
        (StanClient client, string channel) = await FilledAsync(Count);
        long[] times = [.. (await (await client.SubscribeAsync(channel)).TakeAsync(Count)).Select(static message => message.Timestamp)];
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[0], (before.ToUnixTimeMilliseconds() - 1) * 1_000_000, (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1) * 1_000_000);
    }

    private static Task<StanSubscription> SubscribeAsync(
        StanClient client, string channel, StartPosition start, Action<SubscriptionRequest>? change = null) =>
        client.SubscribeAsync(channel, request =>
        {
            request.StartPosition = start;
            change?.Invoke(request);
        });

    private async Task<(StanClient Client, string Channel)> FilledAsync(int count, string prefix = "channel")
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel(prefix);
        await client.PublishAsync(channel, 1, count);
        return (client, channel);
    }
}
