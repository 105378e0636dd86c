using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Importing;

/// <summary>Stores of nats-streaming-server 0.25.6, imported and served.</summary>
public sealed class ImportTests : IDisposable
{
    private const int Refused = 1;

    private readonly TemporaryDirectory _directory = new();

    private string Target => _directory.File("data");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("plain-kill")]
    [InlineData("mixed")]
    [InlineData("encrypted-aes")]
    [InlineData("encrypted-chacha")]
    [InlineData("cluster")]
    public async Task Imported_store_is_served_as_the_old_server_served_it(string name)
    {
        SampleStore store = SampleStore.Open(name);
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess import = await ImportProcess.RunAsync(store, configuration, Target, SampleStore.Key);
        Assert.True(import.ExitCode == 0, import.Error);

        await using ImportedServer server = await ImportedServer.StartAsync(Target, configuration);
        await RequirePagesAsync(server, store);
        var live = new LiveSessions(server.Nats, store);
        await live.RequireKnownAsync();
        await live.RequirePendingAsync(areAllFlagged: name != "plain-kill");
        await live.RequireAckMakesRoomAsync("foo", "dur-active");
        await live.RequireUnsubscribedAsync("limited.count", "alpha");
        await RequireDurablesAsync(server, store);

        StanClient reader = await server.ConnectAsync("reader");
        foreach (JsonElement channel in store.Channels)
        {
            await ImportedServer.RequireReplayAsync(reader, channel.GetProperty("name").GetString()!, [.. channel.GetProperty("messages").EnumerateArray()]);
        }

        await live.RequirePublishAsync("aged");
        JsonElement aged = await server.GetAsync("channelsz?channel=aged");
        JsonElement before = store.Channels.Single(channel => channel.GetProperty("name").GetString() == "aged");
        Assert.Equal(before.GetProperty("last_seq").GetUInt64() + 1, aged.GetProperty("last_seq").GetUInt64());
    }

    [Theory]
    [InlineData("damaged-crc", "record_at", "as delivered", "bar.baz")]
    [InlineData("damaged-tail", "last_record_at", "with --file_truncate_bad_eof", "bar.baz")]
    [InlineData("damaged-subs", "cut_record_at", "with --file_truncate_bad_eof", "foo")]
    public async Task Damaged_store_is_refused_with_file_and_offset_until_the_operator_says_to_skip(
        string name, string offset, string reference, string channel)
    {
        SampleStore store = SampleStore.Open(name);
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess refusal = await ImportProcess.RunAsync(store, configuration, Target);
        JsonElement damage = store.Expected.GetProperty("damage");
        string file = damage.GetProperty("file").GetString()!["store/".Length..];
        Assert.Equal(Refused, refusal.ExitCode);
        Assert.Contains($"DAMAGED {file} at {damage.GetProperty(offset)}: ", refusal.Output, StringComparison.Ordinal);
        RequireNothingWritten(configuration);

        ImportProcess import = await ImportProcess.RunAsync(store, configuration, Target, key: null, "--skip-damaged");
        Assert.True(import.ExitCode == 0, import.Error);
        await using ImportedServer server = await ImportedServer.StartAsync(Target, configuration);
        JsonElement expected = store.Expected.GetProperty("server").GetProperty(reference).GetProperty("channels").GetProperty(channel);
        JsonElement page = await server.GetAsync($"channelsz?channel={channel}&subs=1");
        Assert.Equal(expected.GetProperty("last_seq").GetUInt64(), page.GetProperty("last_seq").GetUInt64());
        Assert.Equal(
            expected.GetProperty("subscriptions").EnumerateArray().Select(PositionOf).Order(StringComparer.Ordinal),
            page.GetProperty("subscriptions").EnumerateArray().Select(PositionOf).Order(StringComparer.Ordinal));
        StanClient reader = await server.ConnectAsync("reader");
        await ImportedServer.RequireReplayAsync(reader, channel, [.. expected.GetProperty("delivered").EnumerateArray()]);
    }

    [Theory]
    [InlineData(null, "look encrypted")]
    [InlineData("another key", "The key opens none")]
    public async Task Encrypted_store_is_refused_without_its_key(string? key, string reason)
    {
        SampleStore store = SampleStore.Open("encrypted-aes");
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess refusal = await ImportProcess.RunAsync(store, configuration, Target, key);
        Assert.Equal(Refused, refusal.ExitCode);
        Assert.Contains(reason, refusal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(key ?? SampleStore.Key, refusal.Output + refusal.Error, StringComparison.Ordinal);
        RequireNothingWritten(configuration);
    }

    [Fact]
    public async Task Key_may_come_from_a_file()
    {
        SampleStore store = SampleStore.Open("encrypted-chacha");
        string configuration = store.WriteConfiguration(_directory);
        string key = _directory.File("key");
        await File.WriteAllTextAsync(key, SampleStore.Key + "\n", TestContext.Current.CancellationToken);
        ImportProcess run = await ImportProcess.RunAsync(store, configuration, Target, key: null, "--encryption-key", key, "--dry-run");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain(SampleStore.Key, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dry_run_tells_all_and_writes_nothing()
    {
        SampleStore store = SampleStore.Open("plain");
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess run = await ImportProcess.RunAsync(store, configuration, Target, key: null, "--dry-run");
        Assert.True(run.ExitCode == 0, run.Error);
        string[][] rows = [.. run.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        foreach (JsonElement channel in store.Channels)
        {
            string[] row = rows.Single(candidate => candidate.FirstOrDefault() == channel.GetProperty("name").GetString());
            int pending = channel.GetProperty("subscriptions").EnumerateArray().Sum(subscription => subscription.GetProperty("pending_count").GetInt32());
            Assert.Equal(
                [$"{channel.GetProperty("count")}", $"{channel.GetProperty("bytes")}", $"{channel.GetProperty("subscriptions").GetArrayLength()}", $"{pending}"],
                [row[3], row[4], row[5], row[7]]);
        }

        RequireNothingWritten(configuration);
    }

    [Fact]
    public async Task Second_import_into_a_directory_is_refused_and_changes_nothing()
    {
        SampleStore store = SampleStore.Open("encrypted-aes");
        string configuration = store.WriteConfiguration(_directory);
        Assert.Equal(0, (await ImportProcess.RunAsync(store, configuration, Target, SampleStore.Key)).ExitCode);
        string[] before = Snapshot();
        ImportProcess second = await ImportProcess.RunAsync(store, configuration, Target, SampleStore.Key);
        Assert.Equal(Refused, second.ExitCode);
        Assert.Contains("is not empty", second.Error, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task Store_of_another_cluster_id_is_refused()
    {
        SampleStore store = SampleStore.Open("plain");
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess refusal = await ImportProcess.RunAsync(store, configuration, Target, key: null, "-cid", "another");
        Assert.Equal(Refused, refusal.ExitCode);
        Assert.Contains("\"sample\"", refusal.Error, StringComparison.Ordinal);
        RequireNothingWritten(configuration);
    }

    [Fact]
    public async Task Store_of_a_cluster_is_refused_without_its_Raft_log()
    {
        SampleStore store = SampleStore.Open("cluster");
        string configuration = store.WriteConfiguration(_directory);
        ImportProcess refusal = await ImportProcess.RunAsync(key: null, ["--from", store.Directory, "-sc", configuration, "-dir", Target]);
        Assert.Equal(Refused, refusal.ExitCode);
        Assert.Contains("node n2", refusal.Error, StringComparison.Ordinal);
        RequireNothingWritten(configuration);
    }

    private static async Task RequirePagesAsync(ImportedServer server, SampleStore store)
    {
        JsonElement[] pages = [.. (await server.GetAsync("channelsz?subs=1")).GetProperty("channels").EnumerateArray()];
        Assert.Equal(store.Channels.Select(channel => Text(channel, "name")), pages.Select(page => Text(page, "name")));
        foreach ((JsonElement channel, JsonElement page) in store.Channels.Zip(pages))
        {
            Assert.Equal(
                (channel.GetProperty("count").GetInt64(), channel.GetProperty("first_seq").GetUInt64(), channel.GetProperty("last_seq").GetUInt64()),
                (page.GetProperty("msgs").GetInt64(), page.GetProperty("first_seq").GetUInt64(), page.GetProperty("last_seq").GetUInt64()));

            // Encryption made messages larger.
            if (!store.IsEncrypted) Assert.Equal(channel.GetProperty("bytes").GetInt64(), page.GetProperty("bytes").GetInt64());
            JsonElement[] subscriptions = page.TryGetProperty("subscriptions", out JsonElement list) ? [.. list.EnumerateArray()] : [];
            Assert.Equal(
                channel.GetProperty("subscriptions").EnumerateArray().Select(DefinitionOf).Order(StringComparer.Ordinal),
                subscriptions.Select(DefinitionOf).Order(StringComparer.Ordinal));
        }

        JsonElement[] clients = [.. (await server.GetAsync("clientsz")).GetProperty("clients").EnumerateArray()];
        Assert.Equal(
            store.Expected.GetProperty("clients").EnumerateArray().Select(client => (Text(client, "client_id"), Text(client, "heartbeat_inbox"))),
            clients.Select(client => (Text(client, "id"), Text(client, "hb_inbox"))));
    }

    /// <summary>Durables that were offline go on with what was pending.</summary>
    private static async Task RequireDurablesAsync(ImportedServer server, SampleStore store)
    {
        StanClient client = await server.ConnectAsync("gone-3");
        foreach (JsonElement channel in store.Channels)
        {
            foreach (JsonElement durable in channel.GetProperty("subscriptions").EnumerateArray().Where(candidate => candidate.GetProperty("is_offline").GetBoolean()))
            {
                StanSubscription resumed = await client.SubscribeAsync(Text(channel, "name"), request =>
                    (request.DurableName, request.QGroup, request.MaxInFlight) = (Text(durable, "durable"), Text(durable, "queue"), 1));
                ulong[] pending = [.. durable.GetProperty("pending").EnumerateArray().Select(sequence => sequence.GetUInt64())];
                List<MsgProto> messages = await resumed.TakeAsync(pending.Length);
                Assert.Equal(pending, messages.Select(message => message.Sequence));
                Assert.All(messages, message => Assert.True(message.Redelivered));
                if (pending.Length > 0) Assert.True(await resumed.IsQuietAsync());
                Assert.Equal("", await resumed.CloseAsync());
            }
        }
    }

    private void RequireNothingWritten(string configuration) =>
        Assert.Equal([configuration], Directory.EnumerateFileSystemEntries(_directory.Path).Where(path => Path.GetFileName(path) != "key"));

    private string[] Snapshot() =>
        [.. Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}")];

    private static string DefinitionOf(JsonElement subscription) => string.Join(
        ' ',
        Text(subscription, "client_id"),
        DurableOf(subscription),
        TextOrNone(subscription, "queue_name"),
        Text(subscription, "inbox"),
        subscription.GetProperty("ack_wait"),
        subscription.TryGetProperty("max_in_flight", out JsonElement inFlight) ? inFlight : subscription.GetProperty("max_inflight"),
        subscription.GetProperty("is_durable"),
        subscription.GetProperty("is_offline"));

    private static string PositionOf(JsonElement subscription) => string.Join(
        ' ',
        Text(subscription, "client_id"),
        DurableOf(subscription),
        TextOrNone(subscription, "queue_name"),
        subscription.GetProperty("last_sent"),
        subscription.GetProperty("pending_count"));

    /// <summary>The pages name the durable of a queue group with the group.</summary>
    private static string DurableOf(JsonElement subscription) =>
        TextOrNone(subscription, "queue_name").Length > 0 ? "" : TextOrNone(subscription, "durable") + TextOrNone(subscription, "durable_name");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string TextOrNone(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";
}
