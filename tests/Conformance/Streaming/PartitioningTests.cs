using System.Diagnostics;
using System.Text;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>Two servers of one cluster id, joined by a route, each with channels of its own.</summary>
public sealed class PartitioningTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<NatsConnection> _connections = [];
    private readonly List<ServerProcess> _servers = [];
    private readonly string[] _urls = [.. Enumerable.Range(0, 3).Select(static _ => $"nats://127.0.0.1:{FreePort.Find()}")];

    public async ValueTask InitializeAsync()
    {
        await StartAsync(["red", "shared.a.>"]);
        await StartAsync(["blue", "shared.b.*", "shared.b.one"]);
        await ReachAsync(_servers[0], _servers[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NatsConnection connection in _connections) await connection.DisposeAsync();
        foreach (ServerProcess server in _servers) await server.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task C12_Client_of_either_server_uses_the_channels_of_both(int number)
    {
        StanClient client = await StanClient.ConnectAsync(await ConnectAsync(_servers[number]));
        foreach (string channel in new[] { "red", "blue", "shared.a.x.y", "shared.b.one", "shared.b.two" })
        {
            StanSubscription subscription = await client.SubscribeAsync(channel, static request => (request.DurableName, request.AckWaitInSecs) = ("d", 1));
            await client.PublishAsync(channel, 1, 3);
            Assert.Equal([1ul, 2ul, 3ul], (await subscription.TakeAndAckAsync(3)).Select(static message => message.Sequence));

            // Acknowledged where the channel is: nothing comes again, and the position is kept.
            Assert.Equal("", await subscription.CloseAsync());
            subscription = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
            await client.PublishAsync(channel, "4");
            Assert.Equal(4ul, (await subscription.NextAsync()).Sequence);
            Assert.Equal("", await subscription.UnsubscribeAsync());
        }

        Assert.Equal(["red", "shared.a.x.y"], await ChannelsOfAsync(_servers[0]));
        Assert.Equal(["blue", "shared.b.one", "shared.b.two"], await ChannelsOfAsync(_servers[1]));
        Assert.Empty((await client.PingAsync()).Payload);
        await client.CloseAsync();
    }

    [Fact]
    public async Task C12_Channel_that_nobody_has_is_met_with_no_responders_by_publishers_and_with_silence_by_subscribers()
    {
        NatsConnection nats = await ConnectAsync(_servers[0]);
        StanClient client = await StanClient.ConnectAsync(nats);
        NatsMessage answer = await nats.RequestAsync("_STAN.pub.test-cluster.green", client.NewMessage("green", "x"u8).ToByteArray());
        Assert.True(answer.IsNoResponders);
        await RequireSilenceAsync(nats, client.Subjects.SubRequests, new SubscriptionRequest
        {
            ClientId = client.Id, Subject = "green", Inbox = UniqueName.Inbox(), MaxInFlight = 1, AckWaitInSecs = 1,
        });
        await RequireSilenceAsync(nats, client.Subjects.UnsubRequests, new UnsubscribeRequest { ClientId = client.Id, Subject = "green", Inbox = "_INBOX.x" });

        // Nor does the subject of another channel let it in.
        await RequireSilenceAsync(nats, "_STAN.pub.test-cluster.red", client.NewMessage("green", "x"u8));
        Assert.DoesNotContain("green", (await ChannelsOfAsync(_servers[0])).Concat(await ChannelsOfAsync(_servers[1])));
    }

    [Fact]
    public async Task C12_Client_that_is_not_known_is_refused_after_a_second()
    {
        NatsConnection nats = await ConnectAsync(_servers[1]);
        StanClient client = await StanClient.ConnectAsync(nats);
        var watch = Stopwatch.StartNew();
        (_, SubscriptionResponse subscribed) = await client.TrySubscribeAsync("red", static request => request.ClientId = "ghost");
        Assert.Equal("stan: invalid subscription request", subscribed.Error);
        PubAck published = await client.TryPublishAsync("red", "x"u8, static message => (message.ClientId, message.ConnId) = ("ghost", ByteString.CopyFromUtf8("ghost")));
        Assert.Equal("stan: invalid publish request", published.Error);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), Patience.Long);
    }

    [Fact]
    public async Task C12_Server_with_a_channel_that_another_one_serves_does_not_start()
    {
        ServerProcess third = ServerProcess.Begin(Launch(["green", "shared.*.one"], [_urls[0], _urls[1]]));
        _servers.Add(third);
        Assert.Equal(1, await third.ExitAsync());
        Assert.Matches(@"\[FTL\] .*channel ""shared\.\*\.one"" causes conflict with channels on server ""N[A-Z0-9]{55}""", third.Log);

        // The others go on.
        StanClient client = await StanClient.ConnectAsync(await ConnectAsync(_servers[0]));
        await client.PublishAsync("shared.b.one", "x");
    }

    [Fact]
    public async Task C12_Of_two_servers_that_meet_later_and_share_a_channel_one_ends()
    {
        ServerProcess alone = await StartAsync(["green", "red"], routes: []);
        ServerProcess bridge = await StartAsync(["yellow"], [_urls[0], _urls[2]], cluster: $"nats://127.0.0.1:{FreePort.Find()}");
        const string Conflict = "Partitioning error: channel \"red\" causes conflict with channels on server \"N";
        await Task.WhenAll(alone.WaitForLogAsync(Conflict), _servers[0].WaitForLogAsync(Conflict));
        (ServerProcess goes, ServerProcess stays) = IsLast(alone) ? (alone, _servers[0]) : (_servers[0], alone);
        Assert.Equal(1, await goes.ExitAsync());
        await (await StanClient.ConnectAsync(await ConnectAsync(stays))).PublishAsync("red", "x");
        StanClient client = await StanClient.ConnectAsync(await ConnectAsync(bridge));
        await client.PublishAsync("yellow", "x");
        await client.PublishAsync("blue", "x");

        static bool IsLast(ServerProcess server) => !server.Log.Contains("that server has to go", StringComparison.Ordinal);
    }

    [Fact]
    public async Task C12_Other_servers_are_answered_in_the_protocol_of_NATS_Streaming()
    {
        NatsConnection nats = await ConnectAsync(_servers[1]);
        string inbox = UniqueName.Inbox();
        NatsSubscription answers = nats.Subscribe(inbox);
        nats.Publish("_STAN.part.test-cluster", Control("server-x", [4, 0, .. "cyan"u8, 4, 0, .. "blue"u8]), inbox);
        CtrlMsg[] both = [CtrlMsg.Parser.ParseFrom((await answers.NextAsync()).Payload), CtrlMsg.Parser.ParseFrom((await answers.NextAsync()).Payload)];
        Assert.All(both, static answer => Assert.Equal(CtrlMsg.Types.Type.Partitioning, answer.MsgType));
        Assert.Equal(2, both.Select(static answer => answer.ServerID).Distinct().Count());
        Assert.Equal(["", "blue"], both.Select(static answer => answer.Data.ToStringUtf8()).Order());

        static byte[] Control(string server, byte[] list) =>
            new CtrlMsg { MsgType = CtrlMsg.Types.Type.Partitioning, ServerID = server, Data = ByteString.CopyFrom(list) }.ToByteArray();
    }

    private static async Task<string[]> ChannelsOfAsync(ServerProcess server) =>
        (await StreamingPage.GetAsync(server, "channelsz")).TryGetProperty("names", out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];

    private static async Task RequireSilenceAsync(NatsConnection nats, string subject, IMessage request) =>
        await Assert.ThrowsAsync<TimeoutException>(() => nats.RequestAsync(subject, request.ToByteArray(), 2 * Patience.Silence));

    private ServerLaunch Launch(string[] channels, string[] routes, string? cluster = null)
    {
        string name = $"s{_servers.Count}";
        string configuration = _directory.File(name + ".conf");
        var text = new StringBuilder("streaming {\n  partitioning: true\n  store_limits {\n    channels {\n");
        foreach (string channel in channels) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"      \"{channel}\" {{}}\n");
        File.WriteAllText(configuration, text.Append("    }\n  }\n}\n").ToString());
        string[] told = routes.Length == 0 ? [] : ["-routes", string.Join(',', routes)];
        return new ServerLaunch
        {
            Directory = _directory.File(name),
            Flags = ["-c", configuration, "-cluster", cluster ?? _urls[_servers.Count], "-cluster_name", "east", .. told],
        };
    }

    private async Task<ServerProcess> StartAsync(string[] channels, string[]? routes = null, string? cluster = null)
    {
        ServerProcess server = await ServerProcess.StartAsync(Launch(channels, routes ?? [_urls[0]], cluster));
        _servers.Add(server);
        return server;
    }

    private async Task<NatsConnection> ConnectAsync(ServerProcess server)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Completes when each server knows what the other one wants.</summary>
    private async Task ReachAsync(ServerProcess one, ServerProcess other)
    {
        (NatsConnection here, NatsConnection there) = (await ConnectAsync(one), await ConnectAsync(other));
        await EchoAsync(here, there);
        await EchoAsync(there, here);
    }

    private static async Task EchoAsync(NatsConnection from, NatsConnection to)
    {
        string echo = UniqueName.Next("echo");
        to.Subscribe(echo, message => to.Publish(message.ReplyTo, "x"u8));
        await to.RoundTripAsync();
        using var patience = new CancellationTokenSource(Patience.Long);
        while ((await from.RequestAsync(echo, "x"u8)).IsNoResponders) await Task.Delay(Patience.Silence / 40, patience.Token);
    }
}
