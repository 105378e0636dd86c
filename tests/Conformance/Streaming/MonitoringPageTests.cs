using System.Net;
using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class MonitoringPageTests(StreamingServer server) : StreamingTests(server)
{
    private static readonly HttpClient Http = new();

    private readonly StreamingServer _server = server;

    [Fact]
    public async Task M1_Serverz_and_storez_have_the_customary_fields()
    {
        await (await NewClientAsync()).PublishAsync(NewChannel(), "x");
        RequireFields(await GetAsync("serverz"), new()
        {
            ["cluster_id"] = JsonValueKind.String, ["server_id"] = JsonValueKind.String, ["version"] = JsonValueKind.String, ["go"] = JsonValueKind.String,
            ["state"] = JsonValueKind.String, ["now"] = JsonValueKind.String, ["start_time"] = JsonValueKind.String, ["uptime"] = JsonValueKind.String,
            ["clients"] = JsonValueKind.Number, ["subscriptions"] = JsonValueKind.Number, ["channels"] = JsonValueKind.Number,
            ["total_msgs"] = JsonValueKind.Number, ["total_bytes"] = JsonValueKind.Number, ["in_msgs"] = JsonValueKind.Number,
            ["in_bytes"] = JsonValueKind.Number, ["out_msgs"] = JsonValueKind.Number, ["out_bytes"] = JsonValueKind.Number,
        });
        JsonElement store = await GetAsync("storez");
        RequireFields(store, new()
        {
            ["cluster_id"] = JsonValueKind.String, ["server_id"] = JsonValueKind.String, ["now"] = JsonValueKind.String, ["type"] = JsonValueKind.String,
            ["limits"] = JsonValueKind.Object, ["total_msgs"] = JsonValueKind.Number, ["total_bytes"] = JsonValueKind.Number,
        });
        Assert.Equal(5, store.GetProperty("limits").GetProperty("channels").GetProperty("five.>").GetProperty("max_msgs").GetInt32());
    }

    [Fact]
    public async Task M2_Clientsz_lists_pages_and_shows_one_client()
    {
        StanClient client = await NewClientAsync();
        StanClient other = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await client.SubscribeAsync(channel);
        JsonElement all = await GetAsync("clientsz");
        Assert.Equal((0, 1024), (all.GetProperty("offset").GetInt32(), all.GetProperty("limit").GetInt32()));
        Assert.Contains(all.GetProperty("clients").EnumerateArray(), one => Text(one, "id") == other.Id);
        JsonElement page = await GetAsync("clientsz?limit=1&offset=1");
        Assert.Equal((1, 1, 1), (page.GetProperty("offset").GetInt32(), page.GetProperty("limit").GetInt32(), page.GetProperty("count").GetInt32()));
        JsonElement one = await GetAsync($"clientsz?client={client.Id}&subs=1");
        Assert.Equal((client.Id, client.HeartbeatInbox, 1), (Text(one, "id"), Text(one, "hb_inbox"), one.GetProperty("subs_count").GetInt32()));
        JsonElement member = Assert.Single(one.GetProperty("subscriptions").GetProperty(channel).EnumerateArray());
        Assert.Equal((subscription.Inbox, subscription.AckInbox), (Text(member, "inbox"), Text(member, "ack_inbox")));
        await RequireNotFoundAsync("clientsz?client=zz", "Client zz not found\n");
    }

    [Fact]
    public async Task M3_Channelsz_lists_names_and_shows_one_channel()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 3);
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.MaxInFlight = 2);
        await subscription.TakeAsync(2);
        Assert.Contains((await GetAsync("channelsz")).GetProperty("names").EnumerateArray(), name => name.GetString() == channel);
        JsonElement one = await GetAsync($"channelsz?channel={channel}&subs=1");
        Assert.Equal(
            (channel, 3, 1, 3, 1),
            (Text(one, "name"), Number(one, "msgs"), Number(one, "first_seq"), Number(one, "last_seq"), Number(one, "subs_count")));
        JsonElement member = Assert.Single(one.GetProperty("subscriptions").EnumerateArray());
        Assert.Equal(
            (client.Id, 2, 30, 2, 2, true, false, false),
            (Text(member, "client_id"), Number(member, "max_inflight"), Number(member, "ack_wait"), Number(member, "last_sent"), Number(member, "pending_count"),
                member.GetProperty("is_stalled").GetBoolean(), member.GetProperty("is_durable").GetBoolean(), member.GetProperty("is_offline").GetBoolean()));
        await RequireNotFoundAsync("channelsz?channel=X", "Channel X not found\n");
    }

    [Fact]
    public async Task M4_Offline_durables_show_their_last_owner()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 2);
        StanSubscription durable = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
        StanSubscription group = await client.SubscribeAsync(channel, static request => (request.DurableName, request.QGroup) = ("d", "g"));
        await durable.TakeAsync(2);
        await group.TakeAsync(2);
        await client.CloseAsync();
        JsonElement one = await GetAsync($"channelsz?channel={channel}&subs=1");
        JsonElement[] members = [.. one.GetProperty("subscriptions").EnumerateArray()];
        Assert.Equal(2, members.Length);
        Assert.All(members, member => Assert.Equal((client.Id, true, 2), (Text(member, "client_id"), member.GetProperty("is_offline").GetBoolean(), Number(member, "pending_count"))));
        Assert.Contains(members, static member => member.TryGetProperty("durable_name", out JsonElement name) && name.GetString() == "d");
        Assert.Contains(members, static member => member.TryGetProperty("queue_name", out JsonElement name) && name.GetString() == "d:g" && !member.TryGetProperty("durable_name", out _));
    }

    [Fact]
    public async Task M5_Pages_can_be_read_by_scripts_in_a_browser()
    {
        using HttpResponseMessage plain = await Http.GetAsync(await PageAsync("storez"), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", plain.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", Assert.Single(plain.Headers.GetValues("Access-Control-Allow-Origin")));
        using HttpResponseMessage wrapped = await Http.GetAsync(await PageAsync("storez?callback=cb"), TestContext.Current.CancellationToken);
        Assert.Equal("application/javascript", wrapped.Content.Headers.ContentType!.MediaType);
        string text = await wrapped.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("cb({\n  \"", text, StringComparison.Ordinal);
        Assert.EndsWith("})", text, StringComparison.Ordinal);
        using HttpResponseMessage active = await Http.GetAsync(await PageAsync("isFTActive"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, active.StatusCode);
    }

    [Fact]
    public async Task C1_Publish_and_subscribe_each_create_the_channel()
    {
        StanClient client = await NewClientAsync();
        (string published, string subscribed) = (NewChannel(), NewChannel());
        await client.PublishAsync(published, "x");
        await client.SubscribeAsync(subscribed);
        JsonElement one = await GetAsync($"channelsz?channel={published}");
        Assert.Equal((1, 1, 1), (Number(one, "msgs"), Number(one, "first_seq"), Number(one, "last_seq")));
        JsonElement two = await GetAsync($"channelsz?channel={subscribed}");
        Assert.Equal((0, 0, 0), (Number(two, "msgs"), Number(two, "first_seq"), Number(two, "last_seq")));
    }

    [Fact]
    public async Task D14_Pending_count_falls_to_what_limits_left()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel("five.channel");
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.AckWaitInSecs = 1);
        for (int i = 1; i <= 12; i++)
        {
            await client.PublishAsync(channel, i.ToString());
            Assert.Equal((ulong)i, (await subscription.NextAsync()).Sequence);
        }

        await WaitForPendingAsync(channel, 5);
    }

    [Fact]
    public async Task D35_Acks_of_a_former_owner_bring_the_pending_count_to_0()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription former = await client.SubscribeAsync(channel, static request => (request.QGroup, request.AckWaitInSecs) = ("g", 1));
        await client.PublishAsync(channel, 1, 3);
        await former.TakeAsync(3);
        StanSubscription present = await client.SubscribeAsync(channel, static request => (request.QGroup, request.AckWaitInSecs) = ("g", 1));
        Assert.True((await present.NextAsync()).Redelivered);
        for (ulong i = 1; i <= 3; i++) former.Ack(i);
        await WaitForPendingAsync(channel, 0);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static void RequireFields(JsonElement element, Dictionary<string, JsonValueKind> fields)
    {
        foreach ((string name, JsonValueKind kind) in fields)
        {
            Assert.True(element.TryGetProperty(name, out JsonElement value), $"{name} is missing.");
            Assert.True(kind == value.ValueKind, $"{name} is a {value.ValueKind}.");
        }
    }

    private async Task WaitForPendingAsync(string channel, int expected)
    {
        // The page is a snapshot: when it changes is not an event that could be awaited.
        using var deadline = new CancellationTokenSource(Patience.Long);
        int pending;
        do
        {
            JsonElement one = await GetAsync($"channelsz?channel={channel}&subs=1");
            pending = one.GetProperty("subscriptions").EnumerateArray().Sum(static member => Number(member, "pending_count"));
            if (pending != expected) await Task.Delay(50, deadline.Token);
        }
        while (pending != expected);
    }

    private async Task<Uri> PageAsync(string page) => new((await _server.GetAsync()).Monitoring, "streaming/" + page);

    private async Task<JsonElement> GetAsync(string page)
    {
        using JsonDocument document = JsonDocument.Parse(await Http.GetStringAsync(await PageAsync(page), TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    private async Task RequireNotFoundAsync(string page, string text)
    {
        using HttpResponseMessage answer = await Http.GetAsync(await PageAsync(page), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(text, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
