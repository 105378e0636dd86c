using System.Text.Json;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Xunit;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>The pages and actions of channels as an HTTP client sees them.</summary>
public sealed class ChannelEndpointsTests
{
    private static readonly MemberView Durable = new(
        "ann", "_INBOX.a", "_INBOX.b", "work", "", IsDurable: true, IsOffline: true, 16, 30, 4, 2, IsStalled: false)
    {
        Subscription = 1,
        SubscriptionLastSent = 4,
        SubscriptionPendingCount = 2,
    };

    private static readonly MemberView Plain = Durable with
    {
        ClientId = "bob",
        DurableName = "",
        IsDurable = false,
        IsOffline = false,
        Subscription = 2,
        SubscriptionLastSent = 10,
        SubscriptionPendingCount = 0,
    };

    private static readonly FakeChannelAdministration Holding = new()
    {
        Channels =
        [
            new ChannelFigures("invoices", 0, 0, 0, 0, 0, []),
            new ChannelFigures("orders.new", 10, 600, 1, 10, 2, [Durable, Plain]),
            new ChannelFigures("orders.old", 3, 90, 8, 10, 0, []),
        ],
    };

    [Fact]
    public async Task ChannelsPage_SumsUpTheSubscriptions()
    {
        var (status, page) = await GetAsync("/bayou/channels", "?channel=orders.new");
        Assert.Equal(200, status);
        Assert.Equal("b", page.GetProperty("unanswered")[0].GetString());
        Assert.Equal(
            """{"name":"orders.new","messages":10,"bytes":600,"first_seq":1,"last_seq":10,"subscriptions":2,"offline":1,"max_lag":6,"pending":2}""",
            JsonSerializer.Serialize(page.GetProperty("channels")[0]));
    }

    [Theory]
    [InlineData("", 3, "invoices orders.new orders.old")]
    [InlineData("?channel=orders.*", 2, "orders.new orders.old")]
    [InlineData("?channel=orders.>&offset=1", 2, "orders.old")]
    [InlineData("?limit=1", 3, "invoices")]
    [InlineData("?channel=nothing", 0, "")]
    public async Task ChannelsPage_HoldsWhatIsAskedFor(string query, int total, string names)
    {
        var (_, page) = await GetAsync("/bayou/channels", query);
        Assert.Equal(total, page.GetProperty("total").GetInt32());
        Assert.Equal(names, string.Join(' ', page.GetProperty("channels").EnumerateArray().Select(static channel => channel.GetProperty("name").GetString())));
    }

    [Theory]
    [InlineData("", "ann bob")]
    [InlineData("?state=offline", "ann")]
    [InlineData("?state=active", "bob")]
    [InlineData("?state=stalled", "")]
    [InlineData("?client=bob", "bob")]
    [InlineData("?durable=1", "ann")]
    [InlineData("?channel=invoices", "")]
    public async Task SubscriptionsPage_HoldsWhatIsAskedFor(string query, string clients)
    {
        var (_, page) = await GetAsync("/bayou/subscriptions", query);
        Assert.Equal(clients, string.Join(' ', page.GetProperty("subscriptions").EnumerateArray().Select(static subscription =>
            subscription.GetProperty("members")[0].GetProperty("client_id").GetString())));
    }

    [Theory]
    [InlineData("/bayou/channels", "?channel=ord*", "neither a channel nor a pattern")]
    [InlineData("/bayou/channels", "?limit=x", "limit")]
    [InlineData("/bayou/subscriptions", "?state=sad", "Allowed are: active, offline, stalled")]
    [InlineData("/bayou/subscriptions", "?durable=maybe", "durable")]
    public async Task Page_SaysWhatMakesNoSense(string path, string query, string error)
    {
        var (status, page) = await GetAsync(path, query);
        Assert.Equal(400, status);
        Assert.Contains(error, page.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create", """{"channel": "orders"}""", "create orders")]
    [InlineData("create", """{"channel": "orders", "dry_run": true}""", "create orders (dry run)")]
    [InlineData("purge", """{"channel": "orders"}""", "purge orders  ")]
    [InlineData("purge", """{"channel": "orders", "before": 7}""", "purge orders 7 ")]
    [InlineData("purge", """{"channel": "orders", "keep": 0, "dry_run": true}""", "purge orders  0 (dry run)")]
    [InlineData("delete", """{"channel": "orders"}""", "delete orders False")]
    [InlineData("delete", """{"channel": "orders", "force": true, "dry_run": true}""", "delete orders True (dry run)")]
    [InlineData("delete_durable", """{"channel": "orders", "durable_name": "work"}""", "delete work in orders False")]
    [InlineData("delete_durable", """{"channel": "orders", "durable_name": "work", "client_id": "ann", "force": true}""", "delete work of client ann in orders True")]
    [InlineData("delete_durable", """{"channel": "orders", "durable_name": "work", "queue_group": "g"}""", "delete work of queue group g in orders False")]
    public async Task Action_IsPassedOn(string action, string body, string asked)
    {
        var port = new AdministrationPort();
        var (status, answer) = await port.SendAsync("POST", $"/bayou/channels/{action}", body: body);
        Assert.Equal((200, "It is done."), (status, answer.GetProperty("message").GetString()));
        Assert.Equal("orders", answer.GetProperty("effect").GetProperty("channel").GetString());
        Assert.False(answer.TryGetProperty("moves", out _));
        Assert.Equal(asked, Assert.Single(port.Channels.Asked));
    }

    [Theory]
    [InlineData("create", "{}", "channel")]
    [InlineData("create", """{"channel": "a..b"}""", "tokens separated by dots")]
    [InlineData("create", """{"channel": "a.*"}""", "tokens separated by dots")]
    [InlineData("create", """{"channel": ""}""", "tokens separated by dots")]
    [InlineData("purge", """{"channel": "orders", "before": 1, "keep": 1}""", "before")]
    [InlineData("purge", """{"channel": "orders", "before": -1}""", "before")]
    [InlineData("purge", """{"channel": "orders", "force": true}""", "keep")]
    [InlineData("purge", "{}", "channel")]
    [InlineData("delete", """{"channel": "orders", "keep": 5}""", "force")]
    [InlineData("delete", """{"dry_run": true}""", "channel")]
    [InlineData("delete_durable", """{"channel": "orders"}""", "durable_name")]
    [InlineData("delete_durable", """{"channel": "orders", "durable_name": "d", "client_id": "a", "queue_group": "g"}""", "client_id")]
    [InlineData("delete_durable", "[]", "durable_name")]
    public async Task RequestThatMakesNoSense_IsRefusedWithWhatIsAllowed(string action, string body, string allowed)
    {
        var port = new AdministrationPort();
        var (status, answer) = await port.SendAsync("POST", $"/bayou/channels/{action}", body: body);
        Assert.Equal(400, status);
        Assert.NotEmpty(answer.GetProperty("error").GetString()!);
        Assert.Contains(answer.GetProperty("allowed").EnumerateArray(), one => one.GetString()!.StartsWith(allowed, StringComparison.Ordinal));
        Assert.Empty(port.Channels.Asked);
    }

    [Fact]
    public async Task PropertyThatIsNotKnown_IsNamed()
    {
        var (_, answer) = await new AdministrationPort().SendAsync("POST", "/bayou/channels/delete", body: """{"channel": "orders", "keep": 5}""");
        Assert.Contains("keep", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "http://evil.example", "127.0.0.1", 403)]
    [InlineData("text/plain", null, "127.0.0.1", 415)]
    [InlineData("application/json", null, "10.0.0.7", 403)]
    public async Task ActionOfWhoMayNot_IsRefused(string contentType, string? origin, string remote, int expected)
    {
        var port = new AdministrationPort();
        var (status, _) = await port.SendAsync("POST", "/bayou/channels/delete", "", """{"channel": "orders"}""", contentType, origin, remote);
        Assert.Equal(expected, status);
        Assert.Empty(port.Channels.Asked);
    }

    [Fact]
    public async Task ChannelOfAnotherPartition_IsNotCreated()
    {
        var port = new AdministrationPort { Partition = new Partition(["orders.>"], Guid.Empty) };
        var (status, answer) = await port.SendAsync("POST", "/bayou/channels/create", body: """{"channel": "invoices"}""");
        Assert.Equal((409, "orders.>"), (status, answer.GetProperty("allowed")[0].GetString()));
        await port.SendAsync("POST", "/bayou/channels/create", body: """{"channel": "orders.new"}""");
        Assert.Equal("create orders.new", Assert.Single(port.Channels.Asked));
    }

    private static Task<(int Status, JsonElement Content)> GetAsync(string path, string query) =>
        new AdministrationPort { Channels = Holding }.SendAsync("GET", path, query);
}
