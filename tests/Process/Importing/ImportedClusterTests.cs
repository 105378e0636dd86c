using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Importing;

/// <summary>One node of a cluster is imported; the others join it with nothing.</summary>
public sealed class ImportedClusterTests : IDisposable
{
    private static readonly string[] Nodes = ["n1", "n2", "n3"];

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, int> _routes = Nodes.ToDictionary(node => node, _ => FreePort.Find(), StringComparer.Ordinal);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nodes_that_join_an_imported_one_get_everything_and_go_on_without_it()
    {
        SampleStore store = SampleStore.Open("cluster");
        string imported = store.Expected.GetProperty("node").GetString()!;
        ImportProcess import = await ImportProcess.RunAsync(store, WriteConfiguration(store, imported), _directory.File(imported));
        Assert.True(import.ExitCode == 0, import.Error);

        ImportedServer[] servers = await Task.WhenAll(Nodes.Select(node => ImportedServer.StartAsync(_directory.File(node), WriteConfiguration(store, node))));
        try
        {
            ImportedServer first = servers[Array.IndexOf(Nodes, imported)];
            ImportedServer[] others = [.. servers.Where(server => server != first)];
            foreach (ImportedServer server in others) await RequireCopiesAsync(server, store);
            await first.KillAsync();

            var live = new LiveSessions(others[0].Nats, store);
            await live.RequireKnownAsync();
            await live.RequirePendingAsync(areAllFlagged: true);
            StanClient client = await others[1].ConnectAsync("gone-3");
            JsonElement channel = store.Channels.Single(candidate => candidate.GetProperty("name").GetString() == "bar.baz");
            StanSubscription resumed = await client.SubscribeAsync("bar.baz", request => request.DurableName = "dur-offline");
            ulong[] pending = [.. PendingOf(channel, "dur-offline")];
            List<MsgProto> messages = await resumed.TakeAsync(pending.Length);
            Assert.Equal(pending, messages.Select(message => message.Sequence));
            await ImportedServer.RequireReplayAsync(client, "bar.baz", [.. channel.GetProperty("messages").EnumerateArray()]);
        }
        finally
        {
            foreach (ImportedServer server in servers) await server.DisposeAsync();
        }
    }

    private static IEnumerable<ulong> PendingOf(JsonElement channel, string durable) => channel.GetProperty("subscriptions").EnumerateArray()
        .Single(subscription => subscription.GetProperty("durable").GetString() == durable)
        .GetProperty("pending").EnumerateArray().Select(sequence => sequence.GetUInt64());

    /// <summary>Waits until a node's own pages show every channel as it was.</summary>
    private static async Task RequireCopiesAsync(ImportedServer server, SampleStore store)
    {
        string expected = Summarise(store.Channels);
        string found = "";
        for (DateTime deadline = DateTime.UtcNow + Patience.Long; found != expected && DateTime.UtcNow < deadline; await Task.Delay(PollInterval))
        {
            try
            {
                found = Summarise(await Task.WhenAll(store.Channels.Select(channel => server.GetAsync($"channelsz?channel={channel.GetProperty("name")}"))));
            }
            catch (HttpRequestException missing)
            {
                // The node has not heard of the channel yet.
                found = missing.Message;
            }
        }

        Assert.Equal(expected, found);
    }

    private static string Summarise(IEnumerable<JsonElement> channels) => string.Join(
        ' ', channels.Select(channel => $"{channel.GetProperty("name")}:{channel.GetProperty("first_seq")}-{channel.GetProperty("last_seq")}"));

    private string WriteConfiguration(SampleStore store, string node)
    {
        string peers = string.Join(", ", Nodes.Where(other => other != node).Select(other => $"\"{other}\""));
        string routes = string.Join(", ", Nodes.Where(other => other != node).Select(other => $"\"nats://127.0.0.1:{_routes[other]}\""));
        return store.WriteConfiguration(
            _directory.File(node + ".conf"),
            $$"""  cluster: { node_id: "{{node}}", peers: [{{peers}}] }""",
            $$"""
            cluster: { listen: "127.0.0.1:{{_routes[node]}}", routes: [{{routes}}] }
            """);
    }
}
