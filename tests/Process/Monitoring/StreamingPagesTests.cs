using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Monitoring;

/// <summary>What the streaming pages show of a server that clients are using. Their form is compared with recordings in the unit tests.</summary>
public sealed class StreamingPagesTests
{
    private const string Channel = "pages.a";
    private const int MessageCount = 10;

    [Fact]
    public async Task Pages_show_clients_channels_and_subscriptions_as_they_are()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.Path });
        using var http = new HttpClient { BaseAddress = server.Monitoring };
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient alpha = await StanClient.ConnectAsync(nats, "alpha");
        StanClient beta = await StanClient.ConnectAsync(nats, "beta");
        await alpha.PublishAsync(Channel, 1, MessageCount);
        await beta.PublishAsync("pages.b", 1, 1);
        StanSubscription active = await alpha.SubscribeAsync(Channel, request => (request.DurableName, request.MaxInFlight) = ("active", 4));
        await active.TakeAsync(4);
        StanSubscription grouped = await alpha.SubscribeAsync(
            Channel, request => (request.DurableName, request.QGroup) = ("both", "workers"));
        await grouped.TakeAndAckAsync(MessageCount);
        await GoOfflineAsync(beta);

        JsonElement channel = await GetAsync(http, $"channelsz?channel={Channel}&subs=1");
        Assert.Equal((MessageCount, 1, MessageCount, 3), (Number(channel, "msgs"), Number(channel, "first_seq"), Number(channel, "last_seq"), Number(channel, "subs_count")));
        JsonElement[] subscriptions = [.. channel.GetProperty("subscriptions").EnumerateArray()];
        AssertMember(subscriptions.Single(IsNamed("durable_name", "active")), "alpha", isOffline: false, lastSent: 4, pending: 4, isStalled: true);
        AssertMember(subscriptions.Single(IsNamed("durable_name", "offline")), "beta", isOffline: true, lastSent: 4, pending: 3, isStalled: true);
        AssertMember(subscriptions.Single(IsNamed("queue_name", "both:workers")), "alpha", isOffline: false, MessageCount, pending: null, isStalled: false);

        JsonElement total = await GetAsync(http, "serverz");
        Assert.Equal(
            (2, 3, 2, MessageCount + 1),
            (Number(total, "clients"), Number(total, "subscriptions"), Number(total, "channels"), Number(total, "total_msgs")));
        Assert.True(Number(total, "in_msgs") > MessageCount);

        JsonElement[] clients = [.. (await GetAsync(http, "clientsz?subs=1")).GetProperty("clients").EnumerateArray()];
        Assert.Equal(["alpha", "beta"], clients.Select(client => client.GetProperty("id").GetString()));
        Assert.Equal([2L, 0L], clients.Select(client => Number(client, "subs_count")));
        Assert.Equal(2, clients[0].GetProperty("subscriptions").GetProperty(Channel).GetArrayLength());
        Assert.False(clients[1].TryGetProperty("subscriptions", out _));

        JsonElement names = await GetAsync(http, "channelsz?offset=1");
        Assert.Equal(["pages.b"], names.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
    }

    /// <summary>Leaves a durable behind with four messages sent and one of them acknowledged.</summary>
    private static async Task GoOfflineAsync(StanClient client)
    {
        StanSubscription leaving = await client.SubscribeAsync(Channel, request => (request.DurableName, request.MaxInFlight) = ("offline", 3));
        await leaving.TakeAsync(3);
        leaving.Ack(1);
        await leaving.NextAsync();
        Assert.Equal("", await leaving.CloseAsync());
    }

    private static void AssertMember(JsonElement member, string client, bool isOffline, long lastSent, long? pending, bool isStalled)
    {
        Assert.Equal(client, member.GetProperty("client_id").GetString());
        Assert.Equal(
            (true, isOffline, lastSent, isStalled),
            (member.GetProperty("is_durable").GetBoolean(), member.GetProperty("is_offline").GetBoolean(), Number(member, "last_sent"), member.GetProperty("is_stalled").GetBoolean()));
        if (pending is { } count) Assert.Equal(count, Number(member, "pending_count"));
    }

    private static Func<JsonElement, bool> IsNamed(string key, string name) =>
        member => member.TryGetProperty(key, out JsonElement value) && value.GetString() == name;

    private static long Number(JsonElement owner, string name) => owner.GetProperty(name).GetInt64();

    private static async Task<JsonElement> GetAsync(HttpClient http, string page)
    {
        using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync("/streaming/" + page));
        return document.RootElement.Clone();
    }
}
