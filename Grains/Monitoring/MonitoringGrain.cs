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
public sealed class MonitoringGrain(ReplicaHost host, SessionDirectory sessions, StreamingOptions options, IGrainFactory grains)
    : Grain, IMonitoringGrain
{
    public async Task<StreamingTotals> GetTotalsAsync()
    {
        var channels = await QueryAllAsync(machine => (machine.SubscriptionCount, machine.MessageCount, Bytes: (long)machine.Bytes));
        return new StreamingTotals(
            (await sessions.ListAsync()).Count,
            channels.Sum(channel => channel.SubscriptionCount),
            channels.Length,
            channels.Sum(channel => channel.MessageCount),
            channels.Sum(channel => channel.Bytes));
    }

    public Task<LimitFigures> GetLimitsAsync() => Task.FromResult(
        new LimitFigures(options.MaxChannels, options.Limits, ChannelLimitsResolver.ResolveEntries(options)));

    public Task<FigurePage<string>> GetChannelNamesAsync(int offset, int limit)
    {
        var names = Channels();
        return Task.FromResult(new FigurePage<string>(names.Count, [.. names.Skip(offset).Take(limit).Select(channel => channel.Name.Value)]));
    }

    public async Task<FigurePage<ChannelFigures>> GetChannelsAsync(int offset, int limit)
    {
        var channels = Channels();
        var page = await Task.WhenAll(channels.Skip(offset).Take(limit).Select(channel => ReadAsync(channel, withSubscriptions: true)));
        return new FigurePage<ChannelFigures>(channels.Count, page);
    }

    public async Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool withSubscriptions) =>
        host.FindChannel(channel) is { } replica ? await ReadAsync(replica, withSubscriptions) : null;

    public async Task<FigurePage<ClientFigures>> GetClientsAsync(int offset, int limit, bool withSubscriptions)
    {
        var all = await sessions.ListAsync();
        var page = all.Skip(offset).Take(limit).ToList();
        return new FigurePage<ClientFigures>(all.Count, await ReadAsync(page, withSubscriptions));
    }

    public async Task<ClientFigures?> GetClientAsync(ClientId client, bool withSubscriptions)
    {
        var all = await sessions.ListAsync();
        return all.TryGetValue(client.Value, out var session)
            ? (await ReadAsync([new(client.Value, session)], withSubscriptions))[0]
            : null;
    }

    private List<ChannelReplica> Channels() => [.. host.Channels.OrderBy(channel => channel.Name.Value, StringComparer.Ordinal)];

    private Task<T[]> QueryAllAsync<T>(Func<ChannelStateMachine, T> read) =>
        Task.WhenAll(host.Channels.Select(channel => channel.QueryAsync(read)));

    /// <summary>Reads the channel after its subscriptions, so that none appears to be ahead of it.</summary>
    private async Task<ChannelFigures> ReadAsync(ChannelReplica channel, bool withSubscriptions)
    {
        var summaries = withSubscriptions ? await channel.QueryAsync(machine => Summarise(channel, machine)) : [];
        var views = (await Task.WhenAll(summaries.Select(ViewAsync))).SelectMany(views => views).ToList();
        return await channel.QueryAsync(machine => new ChannelFigures(
            machine.Name,
            machine.MessageCount,
            (long)machine.Bytes,
            machine.LastSequence == 0 ? 0 : machine.FirstSequence,
            machine.LastSequence,
            machine.SubscriptionCount,
            views));
    }

    private async Task<IReadOnlyList<ClientFigures>> ReadAsync(IReadOnlyList<KeyValuePair<string, SessionState>> page, bool withSubscriptions)
    {
        var wanted = page.Select(session => session.Key).ToHashSet(StringComparer.Ordinal);
        var perChannel = await Task.WhenAll(Channels().Select(async channel =>
        {
            var summaries = await channel.QueryAsync(machine => Summarise(channel, machine, wanted));
            var views = withSubscriptions ? (await Task.WhenAll(summaries.Select(ViewAsync))).SelectMany(views => views).ToList() : [];
            return (Channel: channel.Name.Value, Members: summaries.SelectMany(summary => summary.Members).ToList(), Views: views);
        }));
        var counts = perChannel.SelectMany(channel => channel.Members).CountBy(member => member.Client.Value).ToDictionary();
        return [.. page.Select(session => new ClientFigures(
            session.Key,
            session.Value.HeartbeatInbox,
            counts.GetValueOrDefault(session.Key),
            [.. perChannel
                .Select(channel => new ChannelSubscriptions(channel.Channel, [.. channel.Views.Where(view => view.ClientId == session.Key)]))
                .Where(channel => channel.Subscriptions.Count > 0)]))];
    }

    private static List<SubscriptionSummary> Summarise(ChannelReplica channel, ChannelStateMachine machine) =>
        [.. machine.Subscriptions.Select(subscription => SubscriptionSummary.Of(subscription, channel.Group))];

    private static List<SubscriptionSummary> Summarise(ChannelReplica channel, ChannelStateMachine machine, HashSet<string> clients) =>
        [.. machine.Subscriptions
            .Where(subscription => subscription.Members.Any(member => clients.Contains(member.Client.Value)))
            .Select(subscription => SubscriptionSummary.Of(subscription, channel.Group))];

    private async Task<IEnumerable<MemberView>> ViewAsync(SubscriptionSummary summary)
    {
        if (summary.Members.Count == 0)
        {
            return summary.ViewOffline() is { } offline ? [offline] : [];
        }

        var id = new SubscriptionId(summary.Group, summary.Number);
        var figures = await grains.GetGrain<ISubscriptionGrain>(id.ToGrainKey()).InspectAsync();
        return summary.Members.Select(member => summary.View(member, figures));
    }
}
