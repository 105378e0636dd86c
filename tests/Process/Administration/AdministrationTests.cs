using System.Text.Json;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>Clusters of processes whose members and leaders change while they hold messages.</summary>
public sealed class AdministrationTests
{
    private const int MessageCount = 20;

    private static readonly string[] Channels = [.. Enumerable.Range(1, 7).Select(i => $"orders.{i}")];

    [Fact]
    public async Task Leaders_are_spread_transferred_drained_and_come_back()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync("a", "b", "c");
        await cluster.PublishAsync("a", Channels, MessageCount);
        await cluster.WaitForBalanceAsync("a", "a", "b", "c");
        await AssertPagesAgreeAsync(cluster, "a", "b", "c");

        string from = await cluster.LeaderOfAsync("c", Channels[0]);
        string to = from == "a" ? "b" : "a";
        await cluster.RunAsync("c", $"transfer {Channels[0]} --to {to} --dry-run");
        Assert.Equal(from, await cluster.LeaderOfAsync("c", Channels[0]));
        await cluster.RunAsync("c", $"transfer {Channels[0]} --to {to}");
        Assert.Equal(to, await cluster.LeaderOfAsync("c", Channels[0]));
        Assert.Contains("already", await cluster.RunAsync("c", $"transfer {Channels[0]} --to {to}"), StringComparison.Ordinal);
        Assert.Contains("Allowed: a, b, c", await cluster.RunAsync("c", $"transfer {Channels[0]} --to x", exitCode: 1), StringComparison.Ordinal);
        await cluster.WaitForBalanceAsync("a", "a", "b", "c");

        await cluster.RunAsync("a", "drain b");
        JsonElement drained = TestCluster.Silos(await cluster.GetAsync("a", "/bayou/cluster")).Single(silo => TestCluster.Name(silo) == "b");
        Assert.Equal((0, true, false), (drained.GetProperty("leaders").GetInt32(), drained.GetProperty("drained").GetBoolean(), drained.GetProperty("metadata_leader").GetBoolean()));
        Assert.Contains("already", await cluster.RunAsync("b", "drain b"), StringComparison.Ordinal);
        await cluster.RunAsync("a", "add b");
        await cluster.WaitForBalanceAsync("a", "a", "b", "c");

        await cluster["c"].Server.KillAsync();
        await cluster.PublishAsync("a", Channels, MessageCount);
        await cluster.WaitForBalanceAsync("a", "a", "b");
        await cluster["c"].RestartAsync();
        await cluster.WaitForBalanceAsync("a", "a", "b", "c");
        await AssertHoldsAsync(cluster, "c", 2 * MessageCount);
    }

    [Fact]
    public async Task Nodes_join_take_their_share_and_leave_alive_or_dead()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync("a", "b", "c");
        await cluster.PublishAsync("a", Channels, MessageCount);
        await cluster.JoinAsync("d");
        Assert.Contains("d", await cluster.RunAsync("d", "add d --dry-run"), StringComparison.Ordinal);
        await cluster.RunAsync("d", "add d");
        JsonElement joined = TestCluster.Silos(await cluster.GetAsync("a", "/bayou/cluster")).Single(silo => TestCluster.Name(silo) == "d");
        Assert.Equal(Channels.Length * 3 / 4, joined.GetProperty("replicas").GetInt32());

        Assert.Contains("Dry run", await cluster.RunAsync("d", "remove a --dry-run"), StringComparison.Ordinal);
        await cluster.RunAsync("d", "remove a");
        Assert.True(await cluster["a"].Server.ExitAsync() == 0, cluster["a"].Server.Log);
        Assert.Contains("was removed from its cluster", cluster["a"].Server.Log, StringComparison.Ordinal);
        await AssertWellAsync(cluster, "d", replicas: 3);
        await cluster.PublishAsync("d", Channels, MessageCount);
        await AssertHoldsAsync(cluster, "d", 2 * MessageCount);

        await cluster["b"].Server.KillAsync();
        await cluster.WaitAsync("d", "/bayou/cluster", page => TestCluster.Silos(page).Single(silo => TestCluster.Name(silo) == "b").GetProperty("state").ValueEquals("dead"));
        Assert.Contains("no majority", await cluster.RunAsync("d", "remove c", exitCode: 1), StringComparison.Ordinal);
        Assert.Contains("one replica less", await cluster.RunAsync("d", "remove b"), StringComparison.Ordinal);
        await cluster.PublishAsync("d", Channels, MessageCount);
        await AssertHoldsAsync(cluster, "c", 3 * MessageCount);
        Assert.Contains("was removed", await cluster.RunAsync("c", "remove b", exitCode: 1), StringComparison.Ordinal);

        ServerProcess back = ServerProcess.Begin(cluster["b"].Server.Launch);
        Assert.True(await back.ExitAsync() == 0, back.Log);
        Assert.Contains("was removed from its cluster", back.Log, StringComparison.Ordinal);
        await back.DisposeAsync();
    }

    /// <summary>Every group has as many voters that are well, and nothing is under way.</summary>
    private static async Task AssertWellAsync(TestCluster cluster, string through, int replicas)
    {
        JsonElement page = await cluster.WaitAsync(through, "/bayou/groups", static page => page.GetProperty("groups").EnumerateArray().All(group =>
            group.GetProperty("quorum").GetBoolean() && !group.GetProperty("moving").GetBoolean() && !group.GetProperty("under_replicated").GetBoolean()));
        Assert.All(page.GetProperty("groups").EnumerateArray(), group => Assert.Equal(replicas, group.GetProperty("replicas").GetArrayLength()));
    }

    /// <summary>Every channel has all messages, whoever is asked.</summary>
    private static async Task AssertHoldsAsync(TestCluster cluster, string through, int count)
    {
        foreach (string channel in Channels)
        {
            JsonElement page = await cluster.GetAsync(through, $"/streaming/channelsz?channel={channel}");
            Assert.Equal((count, 1, count), (page.GetProperty("msgs").GetInt32(), page.GetProperty("first_seq").GetInt32(), page.GetProperty("last_seq").GetInt32()));
        }
    }

    /// <summary>The streaming pages speak for the whole cluster, from any server.</summary>
    private static async Task AssertPagesAgreeAsync(TestCluster cluster, params string[] nodes)
    {
        var roles = new List<string?>();
        foreach (string node in nodes)
        {
            JsonElement server = await cluster.GetAsync(node, "/streaming/serverz");
            Assert.Equal(("CLUSTERED", node), (server.GetProperty("state").GetString(), TestCluster.Name(server)));
            Assert.Equal(Channels.Length * MessageCount, server.GetProperty("total_msgs").GetInt32());
            Assert.False(server.TryGetProperty("unanswered", out _));
            roles.Add(server.GetProperty("role").GetString());
            JsonElement channels = await cluster.GetAsync(node, "/streaming/channelsz?subs=1");
            Assert.Equal(Channels, channels.GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("name").GetString()));
            JsonElement store = await cluster.GetAsync(node, "/streaming/storez");
            Assert.Equal(Channels.Length * MessageCount, store.GetProperty("total_msgs").GetInt32());
        }

        Assert.Equal(["Follower", "Follower", "Leader"], roles.Order());
    }
}
