using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Sessions;

/// <summary>
/// Wakes sessions that nobody calls: after a start, and after the loss of the silo that they were on, they must send heartbeats
/// although their clients have noticed nothing.
/// </summary>
public sealed partial class SessionRecovery(
    ReplicaHost host, SessionDirectory sessions, IClusterMembershipService membership, IGrainFactory grains, TimeProvider time, ILogger<SessionRecovery> logger)
{
    /// <summary>Grain calls under way at a time.</summary>
    private const int Parallelism = 64;

    /// <summary>Activates every session; how many there are, and how many subscriptions this silo's channels have.</summary>
    public async Task<(int Sessions, int Subscriptions)> ResumeAsync()
    {
        var clients = (await sessions.ListAsync()).Keys;
        await Parallel.ForEachAsync(
            clients,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (client, stopping) => await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IClientGrain>(client).FindAsync(), stopping));
        var counts = await Task.WhenAll(host.Channels.Select(channel => channel.QueryAsync(machine => machine.Subscriptions.Count)));
        return (clients.Count, counts.Sum());
    }

    /// <summary>
    /// Resumes what was on silos that are lost, until cancelled. One silo does it for all: the one that leads the metadata.
    /// </summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        var dead = new HashSet<SiloAddress>();
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation))
            {
                var lost = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Dead).Select(member => member.SiloAddress).ToList();
                var isNews = lost.Except(dead).Any();
                dead.UnionWith(lost);
                if (isNews && host.Metadata.IsLeading)
                {
                    await TryResumeAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task TryResumeAsync()
    {
        try
        {
            await ResumeAsync();
        }
        catch (Exception exception)
        {
            // Whatever it was: the next loss must be heard of all the same.
            // Sessions that were not reached wake with the next thing that their clients do, or with the next change of the membership.
            LogNotResumed(exception);
        }
    }

    [LoggerMessage(2105, LogLevel.Warning, "Not every session of a lost silo was resumed")]
    private partial void LogNotResumed(Exception exception);
}
