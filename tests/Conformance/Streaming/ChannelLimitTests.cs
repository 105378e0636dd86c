using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>Limits that act by themselves, or at a start: each test has a server of its own.</summary>
public sealed class ChannelLimitTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task C6_First_message_that_is_dropped_is_worth_a_line_in_the_log()
    {
        ServerProcess server = await StartAsync("-mm", "5", "-mb", "1kb");
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        await client.PublishAsync("full", 1, 12);
        string line = await server.WaitForLogAsync("Reached limits");
        Assert.Contains("[WRN] STREAM: ", line, StringComparison.Ordinal);
        Assert.Matches(
            @"Reached limits for store ""full"" \(msgs=5/5 bytes=\d+ B/1\.00 KB\), dropping old messages to make room for new ones$", line);
        await server.StopAsync();
        Assert.Single(server.Log.Split('\n'), static one => one.Contains("Reached limits", StringComparison.Ordinal));
    }

    [Fact]
    public async Task C7_Messages_that_are_too_old_go_the_last_one_too_and_sequences_go_on()
    {
        ServerProcess server = await StartAsync("-ma", "1s");
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        await client.PublishAsync("ages", 1, 2);
        JsonElement page = await StreamingPage.WaitAsync(server, "channelsz?channel=ages", static page => page.GetProperty("msgs").GetInt32() == 0);
        Assert.Equal((3, 2), (page.GetProperty("first_seq").GetInt32(), page.GetProperty("last_seq").GetInt32()));
        StanSubscription all = await client.SubscribeAsync("ages");
        await client.PublishAsync("ages", "3");
        Assert.Equal(3ul, (await all.NextAsync()).Sequence);
    }

    [Fact]
    public async Task C8_Channel_that_nobody_uses_goes_with_its_offline_durables_and_begins_anew()
    {
        ServerProcess server = await StartAsync("-mi", "1s", "-mc", "1");
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        StanSubscription durable = await client.SubscribeAsync("idle", static request => request.DurableName = "d");
        await client.PublishAsync("idle", 1, 3);
        await durable.TakeAndAckAsync(3);
        Assert.Equal("", await durable.CloseAsync());
        await StreamingPage.WaitForEndAsync(server, "channelsz?channel=idle");
        Assert.EndsWith("[INF] STREAM: Channel \"idle\" has been deleted", await server.WaitForLogAsync("has been deleted"), StringComparison.Ordinal);
        JsonElement totals = await StreamingPage.GetAsync(server, "serverz");
        Assert.Equal((0, 0, 0), (totals.GetProperty("channels").GetInt32(), totals.GetProperty("subscriptions").GetInt32(), totals.GetProperty("total_msgs").GetInt32()));
        Assert.Equal("stan: unknown channel", await client.EndSubscriptionAsync(client.Subjects.SubCloseRequests, "idle", durable.AckInbox));

        // Another name may have the place now, whatever its case; a subscriber holds it.
        StanSubscription fresh = await client.SubscribeAsync("IDLE", static request => request.DurableName = "d");
        Assert.Equal("too many channels", (await client.TryPublishAsync("other", "x"u8)).Error);
        await client.PublishAsync("IDLE", "1");
        Assert.Equal(1ul, (await fresh.NextAsync()).Sequence);
    }

    [Fact]
    public async Task C8_Publisher_never_notices_that_its_channel_ends_and_begins_between_two_messages()
    {
        ServerProcess server = await StartAsync("-mi", "300ms");
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        var gaps = new Random(1);
        for (int i = 0; i < 20; i++)
        {
            await client.PublishAsync("now-and-then", "x");

            // About the time at which it ends.
            await Task.Delay(250 + gaps.Next(200));
        }
    }

    [Fact]
    public async Task C9_Subscriber_holds_its_channel_and_an_override_lifts_the_limit()
    {
        ServerProcess server = await StartWithAsync(
            """
            max_inactivity: "1s"
            channels { "for-ever": { max_inactivity: 0 } }
            """);
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        StanSubscription subscription = await client.SubscribeAsync("held");
        await client.PublishAsync("for-ever", "x");
        for (int i = 0; i < 3; i++)
        {
            // As long as it takes for a channel to end, three times.
            await client.PublishAsync("witness", "x");
            await StreamingPage.WaitForEndAsync(server, "channelsz?channel=witness");
        }

        Assert.NotNull(await StreamingPage.TryGetAsync(server, "channelsz?channel=held"));
        Assert.NotNull(await StreamingPage.TryGetAsync(server, "channelsz?channel=for-ever"));
        Assert.Equal("", await subscription.UnsubscribeAsync());
        await StreamingPage.WaitForEndAsync(server, "channelsz?channel=held");
    }

    [Fact]
    public async Task C8_Deleted_channel_stays_deleted_after_a_kill_and_one_that_was_left_ends_later()
    {
        ServerProcess server = await StartAsync("-mi", "2s");
        await using (NatsConnection nats = await NatsConnection.ConnectAsync(server.Port))
        {
            StanClient client = await StanClient.ConnectAsync(nats);
            await client.PublishAsync("gone", "x");
            await StreamingPage.WaitForEndAsync(server, "channelsz?channel=gone");
            await client.PublishAsync("left", "x");
        }

        await server.KillAsync();
        await server.DisposeAsync();
        server = await StartAsync();
        Assert.Null(await StreamingPage.TryGetAsync(server, "channelsz?channel=gone"));
        Assert.Equal(1, (await StreamingPage.GetAsync(server, "channelsz?channel=left")).GetProperty("last_seq").GetInt32());
        await server.StopAsync();
        await server.DisposeAsync();
        server = await StartAsync("-mi", "2s");
        await StreamingPage.WaitForEndAsync(server, "channelsz?channel=left");
        await server.StopAsync();
        await server.DisposeAsync();
        server = await StartAsync();
        Assert.Equal(0, (await StreamingPage.GetAsync(server, "serverz")).GetProperty("channels").GetInt32());
    }

    [Fact]
    public async Task C10_Page_shows_what_each_entry_inherits_and_what_it_lifts()
    {
        ServerProcess server = await StartWithAsync(
            """
            max_channels: 7, max_subs: 11, max_msgs: 100, max_bytes: 10kb, max_age: "1h", max_inactivity: "2h"
            channels {
              ">": { max_subs: 12 }
              "foo.>": { max_msgs: 50, max_age: 0 }
              "foo.*.bar": { max_bytes: 0 }
              "foo.a.bar": { max_msgs: 3, max_inactivity: 0 }
            }
            """);
        JsonElement limits = (await StreamingPage.GetAsync(server, "storez")).GetProperty("limits");
        const long Hour = 3_600_000_000_000;
        Assert.Equal(7, limits.GetProperty("max_channels").GetInt32());
        Assert.Equal((100, 10_240, Hour, 11, 2 * Hour), Read(limits));
        JsonElement channels = limits.GetProperty("channels");
        Assert.Equal((100, 10_240, Hour, 12, 2 * Hour), Read(channels.GetProperty(">")));
        Assert.Equal((50, 10_240, 0, 12, 2 * Hour), Read(channels.GetProperty("foo.>")));
        Assert.Equal((50, 0, 0, 12, 2 * Hour), Read(channels.GetProperty("foo.*.bar")));
        Assert.Equal((3, 0, 0, 12, 0), Read(channels.GetProperty("foo.a.bar")));

        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        await client.PublishAsync("foo.a.bar", 1, 5);
        await client.PublishAsync("foo.b.bar", 1, 5);
        Assert.Equal(3ul, (await (await client.SubscribeAsync("foo.a.bar")).NextAsync()).Sequence);
        Assert.Equal(1ul, (await (await client.SubscribeAsync("foo.b.bar")).NextAsync()).Sequence);

        static (int Messages, int Bytes, long Age, int Subscriptions, long Inactivity) Read(JsonElement limits) => (
            limits.GetProperty("max_msgs").GetInt32(), limits.GetProperty("max_bytes").GetInt32(), limits.GetProperty("max_age").GetInt64(),
            limits.GetProperty("max_subscriptions").GetInt32(), limits.GetProperty("max_inactivity").GetInt64());
    }

    [Fact]
    public async Task C11_Limits_that_were_lowered_hold_for_messages_from_before_the_restart()
    {
        ServerProcess server = await StartAsync();
        await using (NatsConnection nats = await NatsConnection.ConnectAsync(server.Port))
        {
            StanClient client = await StanClient.ConnectAsync(nats);
            await client.PublishAsync("many", 1, 9);
            await client.PublishAsync("one", "x");
        }

        await server.StopAsync();
        await server.DisposeAsync();
        server = await StartAsync("-mm", "4", "-mb", "1");
        JsonElement page = await StreamingPage.WaitAsync(server, "channelsz?channel=many", static page => page.GetProperty("first_seq").GetInt32() > 1);
        Assert.Equal((9, 9, 1), (page.GetProperty("first_seq").GetInt32(), page.GetProperty("last_seq").GetInt32(), page.GetProperty("msgs").GetInt32()));
        Assert.Equal(1, (await StreamingPage.GetAsync(server, "channelsz?channel=one")).GetProperty("msgs").GetInt32());
    }

    private async Task<ServerProcess> StartAsync(params string[] flags) =>
        _server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.File("data"), Flags = flags });

    private async Task<ServerProcess> StartWithAsync(string limits)
    {
        string configuration = _directory.File("server.conf");
        await File.WriteAllTextAsync(configuration, $"streaming {{\n  store_limits {{\n{limits}\n  }}\n}}\n");
        return await StartAsync("-c", configuration);
    }
}
