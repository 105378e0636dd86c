using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Channels;

/// <summary>
/// What an operator does to the channel. The group says which channel of this name is meant: a request that is repeated, because its answer got
/// lost, must not hit the successor.
/// </summary>
public sealed partial class ChannelGrain
{
    public Task<ChannelChange> PurgeAsync(ulong group, ulong before) => OperateAsync(group, async channel =>
    {
        await channel.PurgeAsync(before);
        return await channel.QueryAsync(static machine => new ChannelChange { FirstSequence = machine.FirstSequence, LastSequence = machine.LastSequence });
    });

    public Task<ChannelChange> DeleteAsync(ulong group, bool withReceivers, bool dryRun) => OperateAsync(group, async channel =>
    {
        var (holdings, change) = await LookAsync(channel, static _ => true, withReceivers);
        if (dryRun || change.Outcome != ChannelChangeOutcome.Done)
        {
            return change;
        }

        foreach (var holding in holdings.Where(static holding => holding.Clients.Count > 0))
        {
            await Subscriptions.RemoveAsync(holding.Number);
        }

        // Nobody can subscribe while this request runs, but anybody may publish.
        var next = await channel.QueryAsync(static machine => machine.NextNumber);
        await channel.ProposeAsync(new ChannelCommand { End = new End { NextNumber = next, WithMessages = true } });
        return await channel.QueryAsync(static machine => machine.IsEnded) ? change : change with { Outcome = ChannelChangeOutcome.InUse };
    });

    public Task<ChannelChange> DeleteDurableAsync(ulong group, DurableKey durable, bool withReceivers, bool dryRun) => OperateAsync(group, async channel =>
    {
        var (found, change) = await LookAsync(channel, holding => holding.IsMeantBy(durable), withReceivers);
        if (found.Count != 1)
        {
            return change with { Outcome = found.Count == 0 ? ChannelChangeOutcome.Gone : ChannelChangeOutcome.Ambiguous };
        }

        if (!dryRun && change.Outcome == ChannelChangeOutcome.Done)
        {
            await Subscriptions.RemoveAsync(found[0].Number);
        }

        return change;
    });

    /// <summary>The subscriptions that would go, and what that would mean.</summary>
    private static Task<(List<Holding> Holdings, ChannelChange Change)> LookAsync(ChannelReplica channel, Func<Holding, bool> isMeant, bool withReceivers) =>
        channel.QueryAsync(machine =>
        {
            var holdings = machine.Subscriptions.Select(Holding.Of).Where(isMeant).ToList();
            List<string> receivers = [.. holdings.SelectMany(static holding => holding.Clients)];
            return (holdings, new ChannelChange
            {
                Outcome = withReceivers || receivers.Count == 0 ? ChannelChangeOutcome.Done : ChannelChangeOutcome.InUse,
                FirstSequence = machine.FirstSequence,
                LastSequence = machine.LastSequence,
                Durables = [.. holdings.Select(static holding => holding.Durable).OfType<DurableKey>()],
                Receivers = receivers,
            });
        });

    private Task<ChannelChange> OperateAsync(ulong group, Func<ChannelReplica, Task<ChannelChange>> act) => LeadAsync(async () =>
        await FindAsync() && _channel!.Group.Value == group ? await act(_channel) : ChannelChange.None);

    /// <summary>A subscription as an operator sees it; only a durable has a key.</summary>
    private sealed record Holding(ulong Number, DurableKey? Durable, IReadOnlyList<string> Clients)
    {
        public static Holding Of(SubscriptionState subscription) => new(
            subscription.Number,
            !subscription.IsDurable ? null
                : subscription.IsQueueGroup ? new DurableKey(subscription.DurableName, ClientId: null, subscription.QueueGroup)
                : new DurableKey(subscription.DurableName, subscription.Client.Value, QueueGroup: null),
            [.. subscription.Members.Select(static member => member.Client.Value)]);

        public bool IsMeantBy(DurableKey wanted) =>
            Durable?.DurableName == wanted.DurableName
            && (wanted.ClientId is null || wanted.ClientId == Durable.ClientId)
            && (wanted.QueueGroup is null || wanted.QueueGroup == Durable.QueueGroup);
    }
}
