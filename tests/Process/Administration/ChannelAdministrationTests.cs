using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>What an operator does to the channels of a server, and what stock clients see of it.</summary>
public sealed class ChannelAdministrationTests : IAsyncLifetime
{
    private const string Channel = "orders.new";

    private readonly TemporaryDirectory _directory = new();
    private ServerProcess _server = null!;
    private NatsConnection _nats = null!;
    private StanClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });
        await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _nats.DisposeAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task C14_Purge_lets_replays_begin_after_it_and_holds_after_a_crash()
    {
        await _client.PublishAsync(Channel, 1, 10);
        Assert.Contains("7 messages", await RunAsync($"channel purge {Channel} --keep 3 --dry-run"), StringComparison.Ordinal);
        Assert.Equal((1, 10), await ExtentAsync());
        Assert.Contains("begins with 8", await RunAsync($"channel purge {Channel} --keep 3"), StringComparison.Ordinal);
        Assert.Equal((8, 10), await ExtentAsync());
        await AssertReplayIsAsync(8ul, 9ul, 10ul);
        Assert.Contains("no such messages", await RunAsync($"channel purge {Channel} --before 8"), StringComparison.Ordinal);

        JsonElement purged = JsonElement.Parse(await RunAsync($"channel purge {Channel} --json"));
        Assert.Equal((3, 11, true), (purged.GetProperty("effect").GetProperty("messages").GetInt32(), purged.GetProperty("effect").GetProperty("first_seq").GetInt32(), purged.GetProperty("changed").GetBoolean()));
        JsonElement again = JsonElement.Parse(await RunAsync($"channel purge {Channel} --json"));
        Assert.False(again.GetProperty("changed").GetBoolean());

        await _nats.DisposeAsync();
        await _server.KillAsync();
        _server = await _server.StartAgainAsync();
        await ConnectAsync();
        Assert.Equal((11, 10), await ExtentAsync());
        await _client.PublishAsync(Channel, "eleven");
        await AssertReplayIsAsync(11ul);
    }

    [Fact]
    public async Task C14_Purged_messages_are_skipped_by_a_durable_that_had_them_pending()
    {
        StanSubscription durable = await _client.SubscribeAsync(Channel, static request => request.DurableName = "work");
        await _client.PublishAsync(Channel, 1, 5);
        await durable.TakeAsync(5);
        Assert.Empty(await durable.CloseAsync());
        await _client.PublishAsync(Channel, 6, 8);
        await RunAsync($"channel purge {Channel} --before 8");
        JsonElement shown = Assert.Single(await SubscriptionsAsync("--durable"));
        Assert.Equal((1, 0), (Number(shown, "lag"), Number(shown, "pending")));

        durable = await _client.SubscribeAsync(Channel, static request => request.DurableName = "work");
        Assert.Equal(8ul, (await durable.NextAsync()).Sequence);
        Assert.True(await durable.IsQuietAsync());
    }

    /// <summary>More than one entry of the log takes, while others are published.</summary>
    [Fact]
    public async Task C14_A_long_purge_takes_what_was_there_and_nothing_that_comes_meanwhile()
    {
        const int Count = 25_000;
        await PublishManyAsync(Count);
        Task publishing = _client.PublishAsync(Channel, 1, 50);
        JsonElement purged = JsonElement.Parse(await RunAsync($"channel purge {Channel} --json"));
        await publishing;
        ulong first = purged.GetProperty("effect").GetProperty("first_seq").GetUInt64();
        Assert.InRange(first, Count + 1ul, Count + 51ul);
        Assert.Equal(((int)first, Count + 50), await ExtentAsync());
        if (first <= Count + 50ul) Assert.Equal(first, (await (await _client.SubscribeAsync(Channel)).NextAsync()).Sequence);
    }

    [Fact]
    public async Task C14_Deleted_channel_is_gone_with_its_durables_and_begins_anew_when_it_is_used()
    {
        await (await _client.SubscribeAsync(Channel, static request => request.DurableName = "work")).CloseAsync();
        await _client.PublishAsync(Channel, 1, 3);
        Assert.Contains("3 messages and 1 durable", await RunAsync($"channel delete {Channel} --dry-run"), StringComparison.Ordinal);
        Assert.Equal(Channel, Assert.Single(await NamesAsync()));
        await RunAsync($"channel delete {Channel}");
        Assert.Empty(await NamesAsync());
        Assert.Contains("no channel", await RunAsync($"channel delete {Channel}"), StringComparison.Ordinal);
        Assert.Contains("There is no channel", await RunAsync($"channel purge {Channel}", exitCode: 1), StringComparison.Ordinal);

        StanSubscription successor = await _client.SubscribeAsync(Channel, static request => request.DurableName = "work");
        await _client.PublishAsync(Channel, "x");
        Assert.Equal(1ul, (await successor.NextAsync()).Sequence);
        Assert.True(await successor.IsQuietAsync());
    }

    [Fact]
    public async Task C14_Channel_in_use_is_deleted_by_force_only_and_its_subscribers_can_subscribe_anew()
    {
        StanSubscription subscription = await _client.SubscribeAsync(Channel);
        await _client.PublishAsync(Channel, "x");
        await subscription.NextAsync();
        string refusal = await RunAsync($"channel delete {Channel}", exitCode: 1);
        Assert.Contains($"in use by {_client.Id}", refusal, StringComparison.Ordinal);
        Assert.Contains("Allowed: force", refusal, StringComparison.Ordinal);
        Assert.Contains("in use", await RunAsync($"channel delete {Channel} --dry-run", exitCode: 1), StringComparison.Ordinal);
        await _client.PublishAsync(Channel, "y");
        Assert.Equal(2ul, (await subscription.NextAsync()).Sequence);

        Assert.Contains("not told", await RunAsync($"channel delete {Channel} --force"), StringComparison.Ordinal);
        await _client.PublishAsync(Channel, "z");
        StanSubscription successor = await _client.SubscribeAsync(Channel);
        Assert.Equal(1ul, (await successor.NextAsync()).Sequence);
        Assert.True(await subscription.IsQuietAsync());
        Assert.NotEmpty(await subscription.UnsubscribeAsync());
        await _client.CloseAsync();
    }

    [Fact]
    public async Task C14_Deleted_durable_has_lost_its_position()
    {
        await LeaveDurableBehindAsync(_client, "work");
        StanClient other = await StanClient.ConnectAsync(_nats);
        await LeaveDurableBehindAsync(other, "work");
        string refusal = await RunAsync($"channel delete-durable {Channel} work", exitCode: 1);
        Assert.Contains($"client_id {other.Id}", refusal, StringComparison.Ordinal);
        await RunAsync($"channel delete-durable {Channel} work --client {_client.Id} --dry-run");
        Assert.Equal(2, (await SubscriptionsAsync("--durable")).Count);
        await RunAsync($"channel delete-durable {Channel} work --client {_client.Id}");
        Assert.Contains("no durable", await RunAsync($"channel delete-durable {Channel} work --client {_client.Id}"), StringComparison.Ordinal);

        StanSubscription anew = await _client.SubscribeAsync(Channel, static request => request.DurableName = "work");
        Assert.Equal(1ul, (await anew.NextAsync()).Sequence);
        StanSubscription resumed = await other.SubscribeAsync(Channel, static request => request.DurableName = "work");
        Assert.True(await resumed.IsQuietAsync());

        Assert.Contains("in use", await RunAsync($"channel delete-durable {Channel} work --client {other.Id}", exitCode: 1), StringComparison.Ordinal);
        await RunAsync($"channel delete-durable {Channel} work --client {other.Id} --force");
        await _client.PublishAsync(Channel, "more");
        Assert.True(await resumed.IsQuietAsync());
    }

    [Fact]
    public async Task C14_Deleted_durable_group_is_told_from_a_durable_of_that_name()
    {
        await LeaveDurableBehindAsync(_client, "work");
        await LeaveDurableBehindAsync(_client, "work", group: "workers");
        await RunAsync($"channel delete-durable {Channel} work --queue-group workers");
        JsonElement left = Assert.Single(await SubscriptionsAsync("--durable"));
        Assert.False(left.TryGetProperty("queue_group", out _));
        StanSubscription anew = await _client.SubscribeAsync(Channel, static request => (request.DurableName, request.QGroup) = ("work", "workers"));
        Assert.Equal(1ul, (await anew.NextAsync()).Sequence);
    }

    [Fact]
    public async Task C14_Lag_and_pending_are_those_of_the_monitoring_pages()
    {
        StanSubscription slow = await _client.SubscribeAsync(Channel, static request => (request.DurableName, request.MaxInFlight) = ("slow", 3));
        StanSubscription member = await _client.SubscribeAsync(Channel, static request => request.QGroup = "workers");
        await _client.PublishAsync(Channel, 1, 10);
        await slow.TakeAsync(3);
        foreach (MsgProto message in await member.TakeAsync(10)) member.Ack(message.Sequence);
        await WaitAsync(async () => (await SubscriptionsAsync("--state active")).All(static one => Number(one, "pending") == 0));

        JsonElement[] shown = [.. await SubscriptionsAsync("")];
        Assert.Equal(
            ["slow/- stalled sent 3 lag 7 pending 3", "-/workers active sent 10 lag 0 pending 0"],
            shown.Select(static one => $"{Text(one, "durable_name")}/{Text(one, "queue_group")} {Text(one, "state")} sent {Number(one, "last_sent")} lag {Number(one, "lag")} pending {Number(one, "pending")}"));
        JsonElement page = await GetAsync($"/streaming/channelsz?channel={Channel}&subs=1");
        Assert.Equal(
            page.GetProperty("subscriptions").EnumerateArray().Select(static one => (Text(one, "client_id"), Text(one, "inbox"), Number(one, "last_sent"), Number(one, "pending_count"))),
            shown.Select(static one => one.GetProperty("members")[0]).Select(static one => (Text(one, "client_id"), Text(one, "inbox"), Number(one, "last_sent"), Number(one, "pending"))));

        string table = await RunAsync("channel list orders.*");
        Assert.Matches($@"(?m)^{Channel} +10 +\d+ +1 +10 +2 +0 +7 +3$", table);
        Assert.Contains("0 of 0 channels", await RunAsync("channel list invoices.>"), StringComparison.Ordinal);
        Assert.Contains("slow", await RunAsync($"channel subscriptions --client {_client.Id} --state stalled"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C14_Created_channel_is_there_for_clients_within_the_limits()
    {
        await RunAsync($"channel create {Channel} --dry-run");
        Assert.Empty(await NamesAsync());
        await RunAsync($"channel create {Channel}");
        Assert.Contains("already", await RunAsync($"channel create {Channel}"), StringComparison.Ordinal);
        Assert.Equal(Channel, Assert.Single(await NamesAsync()));
        Assert.Contains("different cases", await RunAsync("channel create Orders.new", exitCode: 1), StringComparison.Ordinal);
        Assert.Contains("Allowed", await RunAsync("channel create orders..new", exitCode: 1), StringComparison.Ordinal);
        await _client.PublishAsync(Channel, "x");
        await AssertReplayIsAsync(1ul);
    }

    private async Task ConnectAsync()
    {
        _nats = await NatsConnection.ConnectAsync(_server.Port);
        _client = await StanClient.ConnectAsync(_nats);
    }

    /// <summary>A durable that has all there is, and is offline.</summary>
    private static async Task LeaveDurableBehindAsync(StanClient client, string name, string group = "")
    {
        await client.PublishAsync(Channel, "x");
        StanSubscription durable = await client.SubscribeAsync(Channel, request => (request.DurableName, request.QGroup) = (name, group));
        for (ulong sequence = 0, last = await LastAsync(client); sequence < last; durable.Ack(sequence)) sequence = (await durable.NextAsync()).Sequence;
        Assert.Empty(await durable.CloseAsync());
    }

    private static async Task<ulong> LastAsync(StanClient client)
    {
        StanSubscription last = await client.SubscribeAsync(Channel, static request => request.StartPosition = StartPosition.LastReceived);
        ulong sequence = (await last.NextAsync()).Sequence;
        await last.UnsubscribeAsync();
        return sequence;
    }

    private async Task PublishManyAsync(int count)
    {
        Task<PubAck>[] acks = [.. Enumerable.Range(0, count).Select(_ => _client.SendAsync(_client.NewMessage(Channel, "x"u8)))];
        Assert.All(await Task.WhenAll(acks).WaitAsync(Patience.Long), static ack => Assert.Empty(ack.Error));
    }

    private async Task AssertReplayIsAsync(params ulong[] sequences)
    {
        StanSubscription replay = await _client.SubscribeAsync(Channel);
        Assert.Equal(sequences, (await replay.TakeAsync(sequences.Length)).Select(static message => message.Sequence));
        Assert.True(await replay.IsQuietAsync());
        Assert.Empty(await replay.UnsubscribeAsync());
    }

    private async Task<(int First, int Last)> ExtentAsync()
    {
        JsonElement page = await GetAsync($"/streaming/channelsz?channel={Channel}");
        return (Number(page, "first_seq"), Number(page, "last_seq"));
    }

    private async Task<IEnumerable<string>> NamesAsync()
    {
        JsonElement page = await GetAsync("/streaming/channelsz");
        return page.TryGetProperty("names", out JsonElement names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
    }

    private async Task<IReadOnlyList<JsonElement>> SubscriptionsAsync(string options) =>
        [.. JsonElement.Parse(await RunAsync($"channel subscriptions {Channel} --json {options}".TrimEnd())).GetProperty("subscriptions").EnumerateArray()];

    private static async Task WaitAsync(Func<Task<bool>> isTrue)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (!await isTrue()) await Task.Delay(100, patience.Token);
    }

    private async Task<JsonElement> GetAsync(string page)
    {
        using var http = new HttpClient();
        return JsonElement.Parse(await http.GetStringAsync($"http://127.0.0.1:{_server.Launch.MonitoringPort}{page}"));
    }

    private Task<string> RunAsync(string command, int exitCode = 0) => AdminRun.OfAsync(_server, command, exitCode);

    private static int Number(JsonElement owner, string name) => owner.GetProperty(name).GetInt32();

    private static string Text(JsonElement owner, string name) => owner.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "-";
}
