using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>Channels of a cluster that end because nobody uses them.</summary>
public sealed class InactiveChannelTests
{
    private static readonly string[] Nodes = ["a", "b", "c"];
    private static readonly string[] Channels = ["one", "two", "three", "four", "five", "six"];

    [Fact]
    public async Task Channels_EndOnEveryServerAndBeginAnewThroughAny()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync(Nodes, ["-mi", "1s"]);
        await cluster.PublishAsync("a", Channels, 2);
        foreach (string node in Nodes) await WaitForNoneAsync(cluster, node);
        await using NatsConnection nats = await NatsConnection.ConnectAsync(cluster["b"].Server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        foreach (string channel in Channels)
        {
            StanSubscription subscription = await client.SubscribeAsync(channel);
            await client.PublishAsync(channel, "x");
            Assert.Equal(1ul, (await subscription.NextAsync()).Sequence);
        }

        JsonElement page = await cluster.GetAsync("c", "/streaming/channelsz");
        Assert.Equal(Channels.Order(StringComparer.Ordinal), page.GetProperty("names").EnumerateArray().Select(static name => name.GetString()));
        await client.CloseAsync();
        foreach (string node in Nodes) await WaitForNoneAsync(cluster, node);
    }

    [Fact]
    public async Task PublishersOnAllServers_NeverNoticeThatTheirChannelsEndAndBegin()
    {
        await using TestCluster cluster = await TestCluster.FoundAsync(Nodes, ["-mi", "400ms"]);
        await Task.WhenAll(Nodes.Select(PublishNowAndThenAsync));
        Assert.Contains("has been deleted", cluster["a"].Server.Log, StringComparison.Ordinal);

        async Task PublishNowAndThenAsync(string node, int number)
        {
            await using NatsConnection nats = await NatsConnection.ConnectAsync(cluster[node].Server.Port);
            StanClient client = await StanClient.ConnectAsync(nats);
            var gaps = new Random(number);
            for (int i = 0; i < 20; i++)
            {
                foreach (string channel in Channels.Where((_, place) => place % Nodes.Length == number)) await client.PublishAsync(channel, "x");

                // About the time at which they end.
                await Task.Delay(300 + gaps.Next(300));
            }
        }
    }

    private static Task<JsonElement> WaitForNoneAsync(TestCluster cluster, string node) =>
        cluster.WaitAsync(node, "/streaming/channelsz", static page => page.GetProperty("total").GetInt32() == 0);
}
