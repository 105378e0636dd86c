using System.Diagnostics;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ClusterTests.Failover;

/// <summary>
/// What clients see when nodes go away. Limits are wide, since the machine may be busy with something else; the verb
/// <c>failover</c> of this program measures.
/// </summary>
public sealed class FailoverTests(ThreeNodes nodes, ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int Channels = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Killed_leader_is_replaced_and_channels_led_elsewhere_see_no_error()
    {
        BayouCluster cluster = await nodes.GetAsync();
        string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, Channels);
        for (int i = 0; i < Rounds; i++)
        {
            FailoverRound round = await FailoverRound.RunAsync(cluster, channels, static node => node.KillAsync());
            output.WriteLine(round.ToString());
            Assert.InRange(round.Takeover, TimeSpan.Zero, Limit);
            Assert.Empty(round.RefusalsElsewhere);
        }
    }

    [Fact]
    public async Task Leader_that_stops_hands_over_and_no_publish_fails()
    {
        BayouCluster cluster = await nodes.GetAsync();
        string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, Channels);
        for (int i = 0; i < Rounds; i++)
        {
            FailoverRound round = await FailoverRound.RunAsync(cluster, channels, static node => node.StopAsync());
            output.WriteLine(round.ToString());
            Assert.InRange(round.Takeover, TimeSpan.Zero, Limit);
            Assert.Empty(round.Refusals);
            Assert.Empty(round.RefusalsElsewhere);
        }
    }

    [Fact]
    public async Task Without_a_quorum_a_publish_is_refused_and_its_client_goes_on_when_a_node_returns()
    {
        BayouCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        ClusterNode last = cluster.Nodes[0];
        await using NatsConnection connection = await NatsConnection.ConnectAsync([last.Endpoint]);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync(channel, "before");
        foreach (ClusterNode node in cluster.Except(last)) await node.KillAsync();

        long begun = Stopwatch.GetTimestamp();
        PubAck refusal = await client.TryPublishAsync(channel, "without"u8);
        output.WriteLine($"Refused after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s: {refusal.Error}");
        Assert.NotEqual("", refusal.Error);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Limit);
        await connection.RoundTripAsync();

        await cluster.Nodes[1].StartAsync();
        begun = Stopwatch.GetTimestamp();
        while ((await client.TryPublishAsync(channel, "after"u8)).Error.Length > 0) Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Patience.Long);
        output.WriteLine($"Accepted {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s after the second node was ready");
        Assert.False(connection.Closed.IsCompleted);
        Assert.Equal("", PingResponse.Parser.ParseFrom((await client.PingAsync()).Payload).Error);
    }

    [Fact]
    public async Task Cluster_killed_as_a_whole_comes_back_with_everything()
    {
        const int count = 200;
        BayouCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        await using (NatsConnection connection = await BayouCluster.ConnectAsync(cluster.Nodes))
        {
            StanClient client = await StanClient.ConnectAsync(connection);
            await client.PublishAsync(channel, 1, count);
        }

        await Task.WhenAll(cluster.Nodes.Select(static node => node.KillAsync()));
        long begun = Stopwatch.GetTimestamp();
        await cluster.RestoreAsync();
        output.WriteLine($"Ready after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
        foreach (ClusterNode node in cluster.Nodes)
        {
            await using NatsConnection connection = await BayouCluster.ConnectAsync(node);
            StanClient reader = await StanClient.ConnectAsync(connection);
            List<MsgProto> messages = await (await reader.SubscribeAsync(channel)).TakeAndAckAsync(count + 1);
            Assert.Equal(["first", .. Enumerable.Range(1, count).Select(static i => i.ToString())], messages.Select(static message => message.Data.ToStringUtf8()));
        }

        output.WriteLine($"Complete on every node after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task Subscription_goes_on_with_its_inbox_when_the_leader_is_killed_and_repeats_are_flagged()
    {
        BayouCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        ClusterNode leader = cluster.LeaderOf(channel);
        await using NatsConnection connection = await BayouCluster.ConnectAsync(cluster.Except(leader).First());
        StanClient client = await StanClient.ConnectAsync(connection);
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.AckWaitInSecs = 1);
        Assert.False((await subscription.NextAsync()).Redelivered);
        await client.PublishAsync(channel, "second");
        MsgProto second = await subscription.NextAsync();
        while (second.Sequence != 2) second = await subscription.NextAsync();
        subscription.Ack(2);
        await connection.RoundTripAsync();

        // Acknowledgements reach the other replicas a moment later; the first message was never acknowledged at all.
        await leader.KillAsync();
        MsgProto repeated = await subscription.NextAsync();
        while (repeated.Sequence != 1) repeated = await subscription.NextAsync();
        Assert.True(repeated.Redelivered);
        subscription.Ack(1);
        await client.PublishAsync(channel, "third");
        MsgProto third = await subscription.NextAsync();
        while (third.Sequence != 3)
        {
            Assert.True(third.Redelivered, $"Message {third.Sequence} came again as if it were new.");
            third = await subscription.NextAsync();
        }

        Assert.Equal("third", third.Data.ToStringUtf8());
    }
}
