using Bayou.Checker;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>Writes into the history what subscriptions are given and acknowledge. A subscription is known by its number in the log of its channel.</summary>
internal sealed class SubscriptionBook(RunServices services)
{
    private readonly Dictionary<SubscriptionId, Page> _pages = [];

    /// <summary>A subscriber has, or shares, a subscription; it begins after <paramref name="startAfter"/> if it is new. False if it is known.</summary>
    public bool TryOpen(SubscriptionId id, string name, int channel, ulong startAfter, bool isGroup)
    {
        if (_pages.ContainsKey(id))
        {
            return false;
        }

        var page = new Page(services.History.Names.AddSubscription($"{name} ({id})"), channel, startAfter);
        _pages.Add(id, page);
        services.History.Add(new HistoryEvent
        {
            Kind = EventKind.Subscribed,
            Time = services.Loop.Now,
            Actor = page.Number,
            Channel = channel,
            Sequence = startAfter,
            IsQueueGroup = isGroup,
        });
        return true;
    }

    /// <summary>A subscriber is given a message.</summary>
    public void Deliver(SubscriptionId id, int member, in GivenMessage message)
    {
        var page = _pages[id];
        NoteDropped(id, page);
        services.Statistics.Count(message.IsRedelivered ? Happening.MessageRedelivered : Happening.MessageDelivered);
        services.History.Add(new HistoryEvent
        {
            Kind = EventKind.Delivered,
            Time = services.Loop.Now,
            Actor = page.Number,
            Channel = page.Channel,
            Member = member,
            Sequence = message.Sequence,
            Value = message.Value,
            Hash = message.Hash,
            IsRedelivered = message.IsRedelivered,
        });
    }

    /// <summary>A subscriber acknowledges a message.</summary>
    public void Consume(SubscriptionId id, ulong sequence)
    {
        var page = _pages[id];
        page.Consumed.Add(new SequenceRange(sequence, sequence));
        services.History.Add(new HistoryEvent { Kind = EventKind.Consumed, Time = services.Loop.Now, Actor = page.Number, Channel = page.Channel, Sequence = sequence });
    }

    /// <summary>Everything of the channel up to a sequence was acknowledged, but for what it has dropped.</summary>
    public bool HasConsumed(SubscriptionId id, ulong lastSequence)
    {
        var page = _pages[id];
        var first = Math.Max(page.StartAfter + 1, services.Cluster.Oracle.FirstSequenceOf(id.Group));
        return first > lastSequence || page.Consumed.Ranges.Any(range => range.First <= first && range.Last >= lastSequence);
    }

    /// <summary>A subscription had all the time that it can ask for.</summary>
    public void Close(SubscriptionId id)
    {
        var page = _pages[id];
        NoteDropped(id, page);
        services.History.Add(new HistoryEvent { Kind = EventKind.Drained, Time = services.Loop.Now, Actor = page.Number, Channel = page.Channel });
    }

    private void NoteDropped(SubscriptionId id, Page page) => services.History.Add(new HistoryEvent
    {
        Kind = EventKind.Dropped,
        Time = services.Loop.Now,
        Channel = page.Channel,
        Sequence = services.Cluster.Oracle.FirstSequenceOf(id.Group),
    });

    private sealed record Page(int Number, int Channel, ulong StartAfter)
    {
        public RangeSet Consumed { get; } = new();
    }
}
