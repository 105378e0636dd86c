using System.Text.Json;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>Channels of a cluster, administered through nodes that do not lead them and while leaders come and go.</summary>
public sealed class ClusterChannelTests
{
    private const string Kept = "orders.kept";
    private const string Deleted = "orders.deleted";

    private static readonly string[] Nodes = ["a", "b", "c"];

    [Fact]
    public async Task Actions_through_a_node_that_does_not_lead_hold_on_all_and_outlive_the_leader()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync(Nodes);
        await cluster.PublishAsync("a", [Kept, Deleted], 20);
        await LeaveDurableBehindAsync(cluster, "b", Kept, 20);
        string leader = await cluster.LeaderOfAsync("a", Kept);
        string through = Nodes.First(node => node != leader);

        Assert.Contains("work", await cluster.RunChannelAsync(through, $"subscriptions {Kept} --state offline"), StringComparison.Ordinal);
        await cluster.RunChannelAsync(through, $"purge {Kept} --keep 5 --dry-run");
        await AssertFirstAsync(cluster, through, Kept, 1);
        await cluster.RunChannelAsync(through, $"purge {Kept} --keep 5");
        await cluster.RunChannelAsync(through, $"delete-durable {Kept} work");
        string elsewhere = Nodes.First(node => node != through && node != leader);
        await cluster.RunChannelAsync(elsewhere, $"delete {Deleted}");
        await cluster.RunChannelAsync(elsewhere, "create orders.created");

        await cluster[leader].Server.KillAsync();
        foreach (string node in Nodes.Where(node => node != leader)) await AssertOutcomeAsync(cluster, node);
        Assert.Contains("no durable", await cluster.RunChannelAsync(through, $"delete-durable {Kept} work"), StringComparison.Ordinal);
        await AssertDurableBeginsAsync(cluster, through, 16);

        await cluster[leader].RestartAsync();
        await AssertOutcomeAsync(cluster, leader);
        await cluster.PublishAsync(leader, [Deleted], 1);
        await AssertFirstAsync(cluster, leader, Deleted, 1);
    }

    [Fact]
    public async Task Actions_are_done_while_the_leader_moves_and_while_it_dies()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync(Nodes);
        for (int round = 0; round < 4; round++)
        {
            await cluster.PublishAsync("b", [Kept, Deleted], 10);
            string to = Nodes[round % Nodes.Length];
            await Task.WhenAll(
                CommandResult.OfAsync(["cluster", "transfer", Kept, "--to", to, "--server", cluster["a"].Address]),
                CommandResult.OfAsync(["cluster", "transfer", Deleted, "--to", to, "--server", cluster["a"].Address]),
                cluster.RunChannelAsync("b", $"purge {Kept}"),
                cluster.RunChannelAsync("c", $"delete {Deleted}"));
            await AssertFirstAsync(cluster, "a", Kept, (10 * (round + 1)) + 1);
            await WaitForNamesAsync(cluster, "a", Kept);
        }

        await cluster.PublishAsync("b", [Kept, Deleted], 10);
        string leader = await cluster.LeaderOfAsync("b", Kept);
        string[] others = [.. Nodes.Where(node => node != leader)];
        await Task.WhenAll(
            cluster[leader].Server.KillAsync(),
            cluster.RunChannelAsync(others[0], $"purge {Kept} --keep 1"),
            cluster.RunChannelAsync(others[1], $"delete {Deleted}"));
        await AssertFirstAsync(cluster, others[1], Kept, 50);
        await WaitForNamesAsync(cluster, others[0], Kept);
    }

    private static async Task AssertOutcomeAsync(TestCluster cluster, string node)
    {
        await AssertFirstAsync(cluster, node, Kept, 16);
        await WaitForNamesAsync(cluster, node, "orders.created", Kept);
    }

    /// <summary>The page of a node is behind for a moment, when it hears of what was done through another one.</summary>
    private static Task<JsonElement> AssertFirstAsync(TestCluster cluster, string node, string channel, int first) => cluster.WaitAsync(
        node, $"/bayou/channels?channel={channel}", page => page.GetProperty("channels") is var channels
            && channels.GetArrayLength() == 1 && channels[0].GetProperty("first_seq").GetInt32() == first);

    private static Task<JsonElement> WaitForNamesAsync(TestCluster cluster, string node, params string[] names) => cluster.WaitAsync(
        node, "/streaming/channelsz", page => page.TryGetProperty("names", out JsonElement shown) && shown.EnumerateArray().Select(static name => name.GetString()).SequenceEqual(names));

    private static async Task LeaveDurableBehindAsync(TestCluster cluster, string node, string channel, int count)
    {
        await using NatsConnection nats = await NatsConnection.ConnectAsync(cluster[node].Server.Port);
        StanClient client = await StanClient.ConnectAsync(nats, "worker");
        StanSubscription durable = await client.SubscribeAsync(channel, static request => request.DurableName = "work");
        await durable.TakeAndAckAsync(count);
        Assert.Empty(await durable.CloseAsync());
        await client.CloseAsync();
    }

    private static async Task AssertDurableBeginsAsync(TestCluster cluster, string node, ulong first)
    {
        await using NatsConnection nats = await NatsConnection.ConnectAsync(cluster[node].Server.Port);
        StanClient client = await StanClient.ConnectAsync(nats, "worker");
        StanSubscription durable = await client.SubscribeAsync(Kept, static request => request.DurableName = "work");
        Assert.Equal(first, (await durable.NextAsync()).Sequence);
        await client.CloseAsync();
    }
}
