using System.Diagnostics;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.ClusterTests.Failover;

/// <summary>What clients see of a cluster that has lost its majority (rows H5, W27 and W28), and when it is back.</summary>
[Collection(ThreeNodes.Collection)]
public sealed class LostMajorityTests(ThreeNodes nodes, ITestOutputHelper output)
{
    /// <summary>What NATS Streaming says of an operation that its leader could not bring to an end.</summary>
    private const string LeadershipLost = "leadership lost while committing log";

    /// <summary>Far more than the seconds after which Bayou knows; the machine may be busy with something else.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Requests_get_an_error_then_no_responders_and_go_on_when_a_node_returns()
    {
        ServerCluster cluster = await nodes.GetAsync();
        string[] channels = await ThreeNodes.OpenChannelsAsync(cluster, 2);
        ClusterNode last = cluster.Nodes[0];
        await using NatsConnection connection = await NatsConnection.ConnectAsync([last.Endpoint]);
        await using NatsConnection newcomers = await NatsConnection.ConnectAsync([last.Endpoint]);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync(channels[0], "before");
        StanSubscription subscription = await client.SubscribeAsync(channels[0]);
        await subscription.TakeAndAckAsync(2);
        await Task.WhenAll(cluster.Except(last).Select(static node => node.KillAsync()));

        // What is under way when the majority is lost is answered, and with the words of NATS Streaming. A connect may come after the moment from which nobody responds.
        long begun = Stopwatch.GetTimestamp();
        Task<NatsMessage> connect = newcomers.RequestAsync(StanClient.Discover, NewConnect().ToByteArray(), Limit);
        Assert.Equal(LeadershipLost, (await client.TryPublishAsync(channels[0], "without"u8).WaitAsync(Limit, TestContext.Current.CancellationToken)).Error);
        output.WriteLine($"Publish refused after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
        NatsMessage answer = await connect;
        output.WriteLine($"Connect answered within {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, {(answer.IsNoResponders ? "no responders" : "refused")}");
        if (!answer.IsNoResponders) Assert.Equal(LeadershipLost, ConnectResponse.Parser.ParseFrom(answer.Payload).Error);

        await WaitAsync(connection, static answer => answer.IsNoResponders);
        output.WriteLine($"Withdrawn after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
        string[] subjects =
        [
            StanClient.Discover, client.Subjects.SubRequests, client.Subjects.UnsubRequests, client.Subjects.SubCloseRequests, client.Subjects.CloseRequests,
        ];
        foreach (string subject in subjects) Assert.True((await connection.RequestAsync(subject, [])).IsNoResponders, subject);

        // Clients take no notice of no responders to a publish: they get the error in the pub ack.
        Assert.Equal(LeadershipLost, (await client.TryPublishAsync(channels[0], "again"u8).WaitAsync(Limit, TestContext.Current.CancellationToken)).Error);

        // Core NATS and pings go on, so that the client is there when the cluster is.
        Assert.Empty((await client.PingAsync()).Payload);

        await cluster.Nodes[1].StartAsync();
        await WaitAsync(connection, static answer => !answer.IsNoResponders);
        begun = Stopwatch.GetTimestamp();
        await RepeatAsync(async () => (await client.TryPublishAsync(channels[0], "after"u8)).Error);
        output.WriteLine($"Publish accepted {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s after the second node was found");
        MsgProto message = await subscription.NextAsync();
        while (message.Data.ToStringUtf8() != "after") message = await subscription.NextAsync();
        await RepeatAsync(async () => (await StanClient.TryConnectAsync(newcomers, UniqueName.Next("client"))).Response.Error);
        await RepeatAsync(async () => (await client.TrySubscribeAsync(channels[1])).Response.Error);
        output.WriteLine($"Everything served {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s after the second node was found");
        Assert.False(connection.Closed.IsCompleted);
        Assert.Empty((await client.PingAsync()).Payload);
        await client.CloseAsync();
    }

    [Fact]
    public async Task Node_without_a_majority_from_its_start_has_no_responders_and_serves_core_NATS()
    {
        ServerCluster cluster = await nodes.GetAsync();
        await Task.WhenAll(cluster.Nodes.Select(static node => node.KillAsync()));
        ClusterNode alone = cluster.Nodes[0];
        await alone.BeginAgainAsync();
        await alone.Process.WaitForLogAsync("No majority of the cluster is within reach");
        await using NatsConnection connection = await NatsConnection.ConnectAsync([alone.Endpoint]);
        await connection.RoundTripAsync();

        Assert.True((await connection.RequestAsync(StanClient.Discover, NewConnect().ToByteArray())).IsNoResponders);
    }

    private static ConnectRequest NewConnect() => new() { ClientId = UniqueName.Next("client"), HeartbeatInbox = UniqueName.Inbox(), Protocol = 1 };

    /// <summary>Looks for the server as clients do, until the answer is as wanted.</summary>
    private static async Task WaitAsync(NatsConnection connection, Predicate<NatsMessage> isWanted)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!isWanted(await connection.RequestAsync(StanClient.Discover, []))) Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Patience.Long);
    }

    /// <summary>Asks until there is no error; those that there are stand for a lost leader.</summary>
    private static async Task RepeatAsync(Func<Task<string>> request)
    {
        long begun = Stopwatch.GetTimestamp();
        for (string error = await request(); error.Length > 0; error = await request())
        {
            Assert.Equal(LeadershipLost, error);
            Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Patience.Long);
        }
    }
}
