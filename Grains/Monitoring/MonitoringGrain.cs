using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Orleans.Concurrency;

namespace Bayou.Grains.Monitoring;

/// <summary>Reads what this silo's replicas and subscriptions know. It holds nothing, so any number may run.</summary>
[StatelessWorker]
public sealed class MonitoringGrain(ReplicaHost host, SessionDirectory sessions, IGrainFactory grains) : Grain, IMonitoringGrain
{
    public async Task<StreamingTotals> GetTotalsAsync()
    {
        var (subscriptions, messages, bytes) = (0, 0L, 0L);
        foreach (var channel in host.Channels)
        {
            var figures = await channel.QueryAsync(machine => (machine.SubscriptionCount, machine.MessageCount, machine.Bytes));
            subscriptions += figures.SubscriptionCount;
            messages += figures.MessageCount;
            bytes += (long)figures.Bytes;
        }

        return new StreamingTotals((await sessions.ListAsync()).Count, subscriptions, host.Channels.Count, messages, bytes);
    }

    public Task<IReadOnlyList<string>> GetChannelNamesAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. host.Channels.Select(channel => channel.Name.Value).Order(StringComparer.Ordinal)]);

    public async Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool subscriptions)
    {
        if (host.FindChannel(channel) is not { } replica)
        {
            return null;
        }

        var figures = await replica.QueryAsync(machine => new ChannelFigures(
            machine.Name,
            machine.MessageCount,
            (long)machine.Bytes,
            machine.LastSequence == 0 ? 0 : machine.FirstSequence,
            machine.LastSequence,
            machine.SubscriptionCount,
            []));
        return subscriptions ? figures with { Subscriptions = await ViewAsync(replica, client: null) } : figures;
    }

    public async Task<IReadOnlyList<ClientFigures>> GetClientsAsync()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var channel in host.Channels)
        {
            foreach (var client in await channel.QueryAsync(ClientsOf))
            {
                counts[client] = counts.GetValueOrDefault(client) + 1;
            }
        }

        return [.. (await sessions.ListAsync()).Select(session =>
            new ClientFigures(session.Key, session.Value.HeartbeatInbox, counts.GetValueOrDefault(session.Key)))];
    }

    public async Task<IReadOnlyList<ChannelSubscriptions>> GetClientSubscriptionsAsync(ClientId client)
    {
        var found = new List<ChannelSubscriptions>();
        foreach (var channel in host.Channels.OrderBy(channel => channel.Name.Value, StringComparer.Ordinal))
        {
            var views = await ViewAsync(channel, client);
            if (views.Count > 0)
            {
                found.Add(new ChannelSubscriptions(channel.Name.Value, views));
            }
        }

        return found;
    }

    private static List<string> ClientsOf(ChannelStateMachine machine) =>
        [.. machine.Subscriptions.SelectMany(subscription => subscription.Members).Select(member => member.Client.Value)];

    private static List<SubscriptionSummary> Summarise(ChannelStateMachine machine) =>
        [.. machine.Subscriptions.Select(subscription => new SubscriptionSummary(
            subscription,
            [.. subscription.Members],
            subscription.LastMember,
            subscription.LastSent,
            subscription.Pending.Count))];

    private async Task<IReadOnlyList<MemberView>> ViewAsync(ChannelReplica channel, ClientId? client)
    {
        var views = new List<MemberView>();
        foreach (var summary in await channel.QueryAsync(Summarise))
        {
            if (summary.Members.Count == 0)
            {
                if (client is null && summary.LastMember is { } last)
                {
                    views.Add(View(summary, channel, last, isOffline: true, summary.LastSent, (long)summary.PendingCount, isStalled: false));
                }

                continue;
            }

            if (client is { } wanted && !summary.Members.Any(member => member.Client == wanted))
            {
                continue;
            }

            var id = new SubscriptionId(channel.Group, summary.Subscription.Number);
            var figures = await grains.GetGrain<ISubscriptionGrain>(id.ToGrainKey()).InspectAsync();
            foreach (var member in summary.Members.Where(member => client is null || member.Client == client))
            {
                var live = figures.Members.FirstOrDefault(candidate => candidate.Member == member.Id);
                views.Add(View(
                    summary, channel, member, isOffline: false, figures.LastSent, live?.PendingCount ?? 0, live?.IsStalled ?? false));
            }
        }

        return views;
    }

    private static MemberView View(
        SubscriptionSummary summary,
        ChannelReplica channel,
        MemberState member,
        bool isOffline,
        ulong lastSent,
        long pendingCount,
        bool isStalled)
    {
        var subscription = summary.Subscription;
        return new MemberView(
            member.Client.Value,
            member.Inbox,
            member.AckInboxOf(channel.Group, subscription.Number).ToString(),
            subscription.IsQueueGroup ? string.Empty : subscription.DurableName,
            subscription is { IsQueueGroup: true, IsDurable: true }
                ? $"{subscription.DurableName}:{subscription.QueueGroup}"
                : subscription.QueueGroup,
            subscription.IsDurable,
            isOffline,
            member.MaxInFlight,
            (int)member.AckWait.TotalSeconds,
            lastSent,
            pendingCount,
            isStalled);
    }

    private sealed record SubscriptionSummary(
        SubscriptionState Subscription,
        IReadOnlyList<MemberState> Members,
        MemberState? LastMember,
        ulong LastSent,
        ulong PendingCount);
}
