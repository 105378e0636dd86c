using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>
/// Two servers with a streaming side each, joined by a route. What clients ask of the streaming side is answered by their own server
/// alone; what the streaming side sends reaches clients wherever they are.
/// </summary>
public sealed class StreamingOverRoutesTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<NatsConnection> _connections = [];
    private ServerProcess _first = null!;
    private ServerProcess _second = null!;

    public async ValueTask InitializeAsync()
    {
        string[] urls = [$"nats://127.0.0.1:{FreePort.Find()}", $"nats://127.0.0.1:{FreePort.Find()}"];
        ServerLaunch[] launches =
        [
            .. urls.Select((url, index) => new ServerLaunch
            {
                Directory = _directory.File($"{index}"),
                Flags = ["-st", "memory", "-cluster", url, "-cluster_name", "east", "-routes", string.Join(',', urls)],
            }),
        ];
        ServerProcess[] servers = await Task.WhenAll(launches.Select(ServerProcess.StartAsync));
        (_first, _second) = (servers[0], servers[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NatsConnection connection in _connections) await connection.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Publish_IsTakenByOneServerAndSeenByEverySubscriber()
    {
        NatsConnection here = await ConnectAsync(_first);
        NatsConnection there = await ConnectAsync(_second);
        NatsSubscription witness = there.Subscribe("_STAN.pub.test-cluster.>");
        await ReachAsync(there, here);
        StanClient client = await StanClient.ConnectAsync(here);
        string channel = UniqueName.Next("channel");
        for (int i = 0; i < 10; i++) await client.PublishAsync(channel, $"{i}");
        for (int i = 0; i < 10; i++) Assert.Equal($"_STAN.pub.test-cluster.{channel}", (await witness.NextAsync()).Subject);
        Assert.Equal(10, client.Acks.Count);
        Assert.Equal(1, await CountChannelsAsync(_first));
        Assert.Equal(0, await CountChannelsAsync(_second));
    }

    [Fact]
    public async Task Delivery_ReachesAnInboxOnAnotherServer()
    {
        NatsConnection here = await ConnectAsync(_first);
        NatsConnection there = await ConnectAsync(_second);
        string inbox = UniqueName.Inbox();
        NatsSubscription received = there.Subscribe(inbox);
        await ReachAsync(there, here);
        StanClient client = await StanClient.ConnectAsync(here);
        string channel = UniqueName.Next("channel");
        var request = new SubscriptionRequest
        {
            ClientId = client.Id,
            Subject = channel,
            Inbox = inbox,
            MaxInFlight = 1024,
            AckWaitInSecs = 30,
            StartPosition = StartPosition.First,
        };
        NatsMessage answer = await here.RequestAsync(client.Subjects.SubRequests, request.ToByteArray());
        Assert.Equal("", SubscriptionResponse.Parser.ParseFrom(answer.Payload).Error);
        for (int i = 1; i <= 100; i++) await client.PublishAsync(channel, $"{i}");
        for (ulong i = 1; i <= 100; i++) Assert.Equal(i, MsgProto.Parser.ParseFrom((await received.NextAsync()).Payload).Sequence);
    }

    [Fact]
    public async Task Heartbeat_IsAnsweredFromAnotherServer()
    {
        NatsConnection here = await ConnectAsync(_first);
        NatsConnection there = await ConnectAsync(_second);
        string inbox = UniqueName.Inbox();
        there.Subscribe(inbox, message => there.Publish(message.ReplyTo, ""u8));
        await ReachAsync(there, here);
        (StanClient client, ConnectResponse response) = await StanClient.TryConnectAsync(here, UniqueName.Next("client"), request => request.HeartbeatInbox = inbox);
        Assert.Equal("", response.Error);

        // Whether the first client lives is asked at its inbox, and its answer alone keeps the second one out.
        (_, response) = await StanClient.TryConnectAsync(await ConnectAsync(_first), client.Id);
        Assert.Equal("stan: clientID already registered", response.Error);
    }

    private static async Task<int> CountChannelsAsync(ServerProcess server)
    {
        using var http = new HttpClient();
        string page = await http.GetStringAsync(new Uri(server.Monitoring, "streaming/channelsz"));
        return JsonSerializer.Deserialize<JsonElement>(page).GetProperty("total").GetInt32();
    }

    /// <summary>Completes when the other server knows what this connection has subscribed to.</summary>
    private static async Task ReachAsync(NatsConnection from, NatsConnection to)
    {
        string echo = UniqueName.Next("echo");
        to.Subscribe(echo, message => to.Publish(message.ReplyTo, "x"u8));
        await to.RoundTripAsync();
        using var patience = new CancellationTokenSource(Patience.Long);
        while ((await from.RequestAsync(echo, "x"u8)).IsNoResponders) await Task.Delay(Patience.Silence / 40, patience.Token);
    }

    private async Task<NatsConnection> ConnectAsync(ServerProcess server)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        _connections.Add(connection);
        return connection;
    }
}
