using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>Servers that are administered as operators do it: with <c>bayou cluster</c> and <c>bayou channel</c>.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, ClusterNode> _nodes = [];
    private readonly Dictionary<string, int> _ports = [];

    private TestCluster()
    {
    }

    public ClusterNode this[string name] => _nodes[name];

    /// <summary>Founds a cluster, and waits until it is ready.</summary>
    public static Task<TestCluster> FoundAsync(params string[] names) => FoundAsync(names, flags: []);

    /// <summary>The same, of servers with flags beside their files.</summary>
    public static async Task<TestCluster> FoundAsync(IReadOnlyList<string> names, IReadOnlyList<string> flags)
    {
        var cluster = new TestCluster();
        foreach (string name in names) cluster._ports[name] = FreePort.Find();
        await Task.WhenAll(names.Select(name => cluster.Add(name, flags).StartAsync(names, cluster._ports.Values)));
        return cluster;
    }

    /// <summary>Starts one more server, which joins whom its routes lead to.</summary>
    public async Task JoinAsync(string name)
    {
        int[] routes = [.. _ports.Values];
        _ports[name] = FreePort.Find();
        await Add(name).StartAsync([], routes);
    }

    /// <summary>Runs <c>bayou cluster</c>; it must end with <paramref name="exitCode"/>. Returns what it printed.</summary>
    public Task<string> RunAsync(string through, string command, int exitCode = 0) => AdminRun.OfAsync(_nodes[through].Server, $"cluster {command}", exitCode);

    /// <summary>The same of <c>bayou channel</c>.</summary>
    public Task<string> RunChannelAsync(string through, string command, int exitCode = 0) => AdminRun.OfAsync(_nodes[through].Server, $"channel {command}", exitCode);

    /// <summary>A page of one of the servers.</summary>
    public async Task<JsonElement> GetAsync(string through, string page)
    {
        using var http = new HttpClient();
        return JsonElement.Parse(await http.GetStringAsync(_nodes[through].Address + page));
    }

    /// <summary>Waits until a page is as it should be.</summary>
    public async Task<JsonElement> WaitAsync(string through, string page, Predicate<JsonElement> isRight)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            JsonElement content = await GetAsync(through, page);
            if (isRight(content)) return content;
            Assert.False(patience.IsCancellationRequested, $"{page} did not come to be as expected: {content}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until the nodes lead the same number of channels, give or take one, and do so for a while.</summary>
    public async Task WaitForBalanceAsync(string through, params string[] nodes)
    {
        int rests = 0;
        await WaitAsync(through, "/bayou/cluster", page =>
        {
            int[] leaders = [.. Silos(page).Where(silo => nodes.Contains(Name(silo))).Select(silo => silo.GetProperty("leaders").GetInt32())];
            bool isBalanced = leaders.Length == nodes.Length && leaders.Max() - leaders.Min() <= 1
                && page.GetProperty("groups").GetProperty("without_leader").GetInt32() == 0;
            rests = isBalanced ? rests + 1 : 0;
            return rests == 10;
        });
    }

    /// <summary>The node that leads a channel, as soon as one does.</summary>
    public async Task<string> LeaderOfAsync(string through, string channel)
    {
        JsonElement page = await WaitAsync(through, $"/bayou/groups?channel={channel}", static page => page.GetProperty("groups")[0].TryGetProperty("leader", out _));
        return page.GetProperty("groups")[0].GetProperty("leader").GetString()!;
    }

    /// <summary>Publishes to every channel through a node.</summary>
    public async Task PublishAsync(string through, IEnumerable<string> channels, int count)
    {
        await using NatsConnection nats = await NatsConnection.ConnectAsync(_nodes[through].Server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        foreach (string channel in channels) await client.PublishAsync(channel, 1, count);
        await client.CloseAsync();
    }

    public static IEnumerable<JsonElement> Silos(JsonElement page) => page.GetProperty("silos").EnumerateArray();

    public static string Name(JsonElement owner) => owner.GetProperty("node_id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in _nodes.Values.Where(node => node.Server is not null)) await node.Server.DisposeAsync();
        _directory.Dispose();
    }

    private ClusterNode Add(string name, IReadOnlyList<string>? flags = null) => _nodes[name] = new ClusterNode(name, _directory.Path, _ports[name], flags ?? []);
}
