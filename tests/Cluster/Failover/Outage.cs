using System.Diagnostics;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;

namespace Bayou.ClusterTests.Failover;

/// <summary>How long each of many channels took no publish after something happened to their cluster.</summary>
/// <param name="Led">Channels that the node led to which it happened, from the shortest to the longest.</param>
/// <param name="Others">The other channels.</param>
/// <param name="Refused">Publishes that were answered with an error and made again.</param>
internal sealed record Outage(IReadOnlyList<TimeSpan> Led, IReadOnlyList<TimeSpan> Others, int Refused)
{
    /// <summary>
    /// Has something happen to a node, and publishes one message to every channel over another one in the same moment. A channel's outage is over with
    /// the acknowledgement; what is refused is published again.
    /// </summary>
    public static async Task<Outage> MeasureAsync(ServerCluster cluster, IReadOnlyList<string> channels, ClusterNode victim, Func<ClusterNode, Task> happens)
    {
        IReadOnlyDictionary<string, ClusterNode> leaders = cluster.Leaders();
        await using NatsConnection connection = await ServerCluster.ConnectAsync(cluster.Except(victim).First());
        StanClient client = await StanClient.ConnectAsync(connection);
        int refused = 0;
        long begun = Stopwatch.GetTimestamp();
        Task happening = happens(victim);
        TimeSpan[] outages = await Task.WhenAll(channels.Select(PublishAsync));
        await happening;
        await client.CloseAsync();
        ILookup<bool, TimeSpan> ofVictim = channels.Zip(outages).OrderBy(static pair => pair.Second).ToLookup(pair => leaders[pair.First] == victim, static pair => pair.Second);
        return new Outage([.. ofVictim[true]], [.. ofVictim[false]], refused);

        async Task<TimeSpan> PublishAsync(string channel)
        {
            PubAck answer = await client.SendAsync(client.NewMessage(channel, "again"u8)).WaitAsync(Patience.Long);
            while (answer.Error.Length > 0)
            {
                Interlocked.Increment(ref refused);
                answer = await client.SendAsync(client.NewMessage(channel, "again"u8)).WaitAsync(Patience.Long);
            }

            return Stopwatch.GetElapsedTime(begun);
        }
    }
}
