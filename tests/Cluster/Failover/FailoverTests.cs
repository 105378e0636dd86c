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
[Collection(ThreeNodes.Collection)]
public sealed class FailoverTests(ThreeNodes nodes, ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int Channels = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Killed_leader_is_replaced_and_channels_led_elsewhere_see_no_error()
    {
        ServerCluster cluster = await nodes.GetAsync();
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
        ServerCluster cluster = await nodes.GetAsync();
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
    public async Task Cluster_killed_as_a_whole_comes_back_with_everything()
    {
        const int count = 200;
        ServerCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        await using (NatsConnection connection = await ServerCluster.ConnectAsync(cluster.Nodes))
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
            await using NatsConnection connection = await ServerCluster.ConnectAsync(node);
            StanClient reader = await StanClient.ConnectAsync(connection);
            List<MsgProto> messages = await (await reader.SubscribeAsync(channel)).TakeAndAckAsync(count + 1);
            Assert.Equal(["first", .. Enumerable.Range(1, count).Select(static i => i.ToString())], messages.Select(static message => message.Data.ToStringUtf8()));
        }

        output.WriteLine($"Complete on every node after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task Cluster_told_to_stop_as_a_whole_does_so_in_order()
    {
        ServerCluster cluster = await nodes.GetAsync();
        long begun = Stopwatch.GetTimestamp();
        Assert.All(await Task.WhenAll(cluster.Nodes.Select(static node => node.StopAsync())), static exitCode => Assert.Equal(0, exitCode));
        output.WriteLine($"Stopped after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task Subscription_goes_on_with_its_inbox_when_the_leader_is_killed_and_repeats_are_flagged()
    {
        ServerCluster cluster = await nodes.GetAsync();
        string channel = (await ThreeNodes.OpenChannelsAsync(cluster, 1))[0];
        ClusterNode leader = cluster.LeaderOf(channel);
        await using NatsConnection connection = await ServerCluster.ConnectAsync(cluster.Except(leader).First());
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
