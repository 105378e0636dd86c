using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Replication;

namespace Bayou.Grains.Sessions;

/// <summary>
/// Wakes what nobody calls: after a start, sessions must send heartbeats and subscriptions must deliver although their clients
/// have noticed nothing.
/// </summary>
public sealed class SessionRecovery(ReplicaHost host, SessionDirectory sessions, IGrainFactory grains)
{
    /// <summary>Grain calls under way at a time.</summary>
    private const int Parallelism = 64;

    /// <summary>Activates every session and every subscription that has members; the number of each.</summary>
    public async Task<(int Sessions, int Subscriptions)> ResumeAsync()
    {
        var clients = (await sessions.ListAsync()).Keys;
        await Parallel.ForEachAsync(
            clients,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (client, _) => await grains.GetGrain<IClientGrain>(client).FindAsync());

        var subscriptions = new List<SubscriptionId>();
        foreach (var channel in host.Channels)
        {
            subscriptions.AddRange(await channel.QueryAsync(machine => WithMembers(machine, channel)));
        }

        await Parallel.ForEachAsync(
            subscriptions,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (subscription, _) => await grains.GetGrain<ISubscriptionGrain>(subscription.ToGrainKey()).ResumeAsync());
        return (clients.Count, subscriptions.Count);
    }

    private static List<SubscriptionId> WithMembers(ChannelStateMachine machine, ChannelReplica channel) =>
        [.. machine.Subscriptions
            .Where(subscription => subscription.Members.Count > 0)
            .Select(subscription => new SubscriptionId(channel.Group, subscription.Number))];
}
