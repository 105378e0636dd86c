using System.Diagnostics;
using Bayou.ClusterTests.Hosting;

namespace Bayou.ClusterTests.Failover;

/// <summary>What it cost that the leader of a channel went away.</summary>
/// <param name="Node">The node that led.</param>
/// <param name="Takeover">From the signal to the acknowledgement of the first publish after it, through another node.</param>
/// <param name="Slowest">The longest that a publish to the channel took.</param>
/// <param name="Refusals">Publishes to the channel that were refused.</param>
/// <param name="ElsewhereChannels">Channels that other nodes led, which were published to at the same time.</param>
/// <param name="SlowestElsewhere">The longest that a publish to those took.</param>
/// <param name="RefusalsElsewhere">Publishes to those that were refused.</param>
internal sealed record FailoverRound(
    string Node,
    TimeSpan Takeover,
    TimeSpan Slowest,
    IReadOnlyList<string> Refusals,
    int ElsewhereChannels,
    TimeSpan SlowestElsewhere,
    IReadOnlyList<string> RefusalsElsewhere)
{
    /// <summary>Has the leader of the first channel killed, or stopped in order, while all channels are published to; then starts it again.</summary>
    public static async Task<FailoverRound> RunAsync(BayouCluster cluster, IReadOnlyList<string> channels, Func<ClusterNode, Task> end)
    {
        ClusterNode leader = cluster.LeaderOf(channels[0]);
        ClusterNode[] others = [.. cluster.Except(leader)];
        string[] elsewhere = [.. channels.Where(channel => cluster.LeaderOf(channel) != leader)];
        var publishers = new List<SteadyPublisher>();
        try
        {
            publishers.Add(await SteadyPublisher.StartAsync(others[0], channels[0]));
            foreach (string channel in elsewhere) publishers.Add(await SteadyPublisher.StartAsync(others[1], channel));
            long signalled = Stopwatch.GetTimestamp();
            Task<TimeSpan> next = publishers[0].NextAckAsync(signalled);
            Task ended = end(leader);
            TimeSpan takeover = await next;
            await ended;
            foreach (SteadyPublisher publisher in publishers) await publisher.StopAsync();
            return new FailoverRound(
                leader.Name,
                takeover,
                publishers[0].Slowest,
                publishers[0].Refusals,
                elsewhere.Length,
                publishers.Skip(1).Select(static publisher => publisher.Slowest).DefaultIfEmpty().Max(),
                [.. publishers.Skip(1).SelectMany(static publisher => publisher.Refusals.Select(refusal => $"{publisher.Channel}: {refusal}"))]);
        }
        finally
        {
            foreach (SteadyPublisher publisher in publishers) await publisher.DisposeAsync();
            await cluster.RestoreAsync();
        }
    }

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Node}: next ack after {Takeover.TotalMilliseconds:F0} ms, slowest {Slowest.TotalMilliseconds:F0} ms, {Refusals.Count} refused; elsewhere ({ElsewhereChannels} channels) slowest {SlowestElsewhere.TotalMilliseconds:F0} ms, {RefusalsElsewhere.Count} refused");
}
