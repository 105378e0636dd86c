using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Records;

namespace Bayou.Grains.Monitoring;

/// <summary>Reads what this silo's replicas and their subscriptions know. Channels that it has no replica of are left out.</summary>
public sealed class ChannelReader(ReplicaHost host, IGrainFactory grains)
{
    public async Task<ChannelSums> SumAsync(IEnumerable<ulong> groups)
    {
        var channels = await Task.WhenAll(Find(groups).Select(channel => channel.QueryAsync(machine =>
            (machine.SubscriptionCount, machine.MessageCount, Bytes: (long)machine.Bytes))));
        return new ChannelSums(
            channels.Sum(channel => channel.SubscriptionCount),
            channels.Sum(channel => channel.MessageCount),
            channels.Sum(channel => channel.Bytes));
    }

    public async Task<IReadOnlyList<ChannelFigures>> ReadAsync(IEnumerable<ulong> groups, bool withSubscriptions) =>
        await Task.WhenAll(Find(groups).Select(channel => ReadAsync(channel, withSubscriptions)));

    public async Task<IReadOnlyList<SubscribedChannel>> ReadSubscriptionsAsync(IEnumerable<ulong> groups, IEnumerable<string> clients, bool withViews)
    {
        var wanted = clients.ToHashSet(StringComparer.Ordinal);
        var channels = await Task.WhenAll(Find(groups).Select(channel => ReadSubscriptionsAsync(channel, wanted, withViews)));
        return [.. channels.Where(channel => channel.Counts.Count > 0)];
    }

    private IEnumerable<ChannelReplica> Find(IEnumerable<ulong> groups) =>
        groups.Select(group => host.FindChannel(new GroupId(group))).OfType<ChannelReplica>();

    /// <summary>Reads the channel after its subscriptions, so that none appears to be ahead of it.</summary>
    private async Task<ChannelFigures> ReadAsync(ChannelReplica channel, bool withSubscriptions)
    {
        var views = withSubscriptions ? await ViewAsync(await channel.QueryAsync(machine => Summarise(channel, machine, static _ => true))) : [];
        return await channel.QueryAsync(machine => new ChannelFigures(
            machine.Name,
            machine.MessageCount,
            (long)machine.Bytes,
            machine.LastSequence == 0 ? 0 : machine.FirstSequence,
            machine.LastSequence,
            machine.SubscriptionCount,
            views));
    }

    private async Task<SubscribedChannel> ReadSubscriptionsAsync(ChannelReplica channel, HashSet<string> clients, bool withViews)
    {
        var summaries = await channel.QueryAsync(machine => Summarise(
            channel, machine, subscription => subscription.Members.Any(member => clients.Contains(member.Client.Value))));
        var counts = summaries.SelectMany(summary => summary.Members).CountBy(member => member.Client.Value)
            .Where(count => clients.Contains(count.Key)).ToDictionary();
        var views = withViews ? (await ViewAsync(summaries)).Where(view => clients.Contains(view.ClientId)).ToList() : [];
        return new SubscribedChannel(channel.Name.Value, counts, views);
    }

    private static List<SubscriptionSummary> Summarise(ChannelReplica channel, ChannelStateMachine machine, Func<SubscriptionState, bool> isWanted) =>
        [.. machine.Subscriptions
            .Where(isWanted)
            .Select(subscription => SubscriptionSummary.Of(subscription, channel.Group))];

    private async Task<List<MemberView>> ViewAsync(IEnumerable<SubscriptionSummary> summaries) =>
        [.. (await Task.WhenAll(summaries.Select(ViewAsync))).SelectMany(views => views)];

    private async Task<IEnumerable<MemberView>> ViewAsync(SubscriptionSummary summary)
    {
        if (summary.Members.Count == 0)
        {
            return summary.ViewOffline() is { } offline ? [offline] : [];
        }

        var id = new SubscriptionId(summary.Group, summary.Number);
        var figures = await InspectAsync(id) ?? summary.Logged;
        return summary.Members.Select(member => summary.View(member, figures));
    }

    /// <summary>Null while the channel's leadership moves: a page of many channels is not to fail because of one.</summary>
    private async Task<SubscriptionFigures?> InspectAsync(SubscriptionId id)
    {
        try
        {
            return await grains.GetGrain<ISubscriptionGrain>(id.ToGrainKey()).InspectAsync();
        }
        catch (OrleansException exception) when (LeaderCalls.IsPassing(exception))
        {
            return null;
        }
    }
}
