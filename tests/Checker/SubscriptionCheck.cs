namespace Bayou.Checker;

/// <summary>
/// Looks at what subscriptions are given: new messages in order and none left out, repeated ones flagged as such, and everything
/// again until it is acknowledged. A flagged message may also be a first delivery: after a failover nobody knows for certain.
/// </summary>
internal sealed class SubscriptionCheck(CheckContext context)
{
    private readonly Dictionary<int, Progress> _subscriptions = [];

    public void Add(in HistoryEvent item)
    {
        if (item.Kind == EventKind.Subscribed)
        {
            _subscriptions[item.Actor] = new Progress(context.Names.Subscription(item.Actor), item.Channel, item.Sequence, item.IsQueueGroup);
            return;
        }

        var subscription = _subscriptions.GetValueOrDefault(item.Actor) ?? throw new ArgumentException($"There is no subscription {item.Actor}.", nameof(item));
        switch (item.Kind)
        {
            case EventKind.Delivered:
                OnDelivered(subscription, context.Channel(subscription.Channel), item);
                break;
            case EventKind.Consumed:
                subscription.Consumed.Add(item.Sequence);
                break;
            default:
                OnDrained(subscription, context.Channel(subscription.Channel));
                break;
        }
    }

    private void OnDelivered(Progress subscription, ChannelRecord channel, in HistoryEvent item)
    {
        context.Observe(channel, item, subscription.Name);
        if (item.Sequence <= subscription.StartAfter)
        {
            Found(Anomaly.BeforeStart, subscription, $"was given {item.Sequence}, and starts after {subscription.StartAfter}");
            return;
        }

        var isFirst = subscription.Delivered.Add(item.Sequence);

        // Members of a group are reached on ways of their own: what was sent to one of them first may arrive after what another was then sent with the flag.
        var isFirstOfMember = subscription.DeliveredTo(item.Member).Add(item.Sequence);
        if (!item.IsRedelivered && (!subscription.Unflagged.Add(item.Sequence) || !isFirstOfMember))
        {
            Found(Anomaly.RedeliveryUnflagged, subscription, $"was given {item.Sequence} again without a flag");
        }

        if (isFirst)
        {
            OnFirstDelivery(subscription, channel, item);
        }
    }

    private void OnFirstDelivery(Progress subscription, ChannelRecord channel, in HistoryEvent item)
    {
        var highest = subscription.Highest.GetValueOrDefault(item.Member, subscription.StartAfter);
        if (item.Sequence < highest && !item.IsRedelivered)
        {
            Found(Anomaly.NonmonotonicDelivery, subscription, $"was given {item.Sequence} as new after {highest}");
        }

        // Members of a group take turns, so only the group as a whole has everything, in the end.
        var wanted = channel.NextFrom(highest + 1);
        if (!subscription.IsQueueGroup && item.Sequence > wanted)
        {
            Found(Anomaly.Skipped, subscription, $"went from {highest} to {item.Sequence}");
        }

        subscription.Highest[item.Member] = Math.Max(highest, item.Sequence);
    }

    private void OnDrained(Progress subscription, ChannelRecord channel)
    {
        var first = channel.NextFrom(subscription.StartAfter + 1);
        foreach (var (low, high) in subscription.Delivered.Missing(first, channel.HighestSequence))
        {
            Found(Anomaly.NeverDelivered, subscription, $"was never given {low} to {high}");
        }

        foreach (var (low, high) in subscription.Consumed.Missing(first, channel.HighestSequence))
        {
            for (var sequence = low; sequence <= high; sequence++)
            {
                if (subscription.Delivered.Contains(sequence))
                {
                    Found(Anomaly.NotRedelivered, subscription, $"did not acknowledge {sequence} and was not offered it again");
                }
            }
        }
    }

    private void Found(Anomaly anomaly, Progress subscription, string what) => context.Found(anomaly, subscription.Channel, $"{subscription.Name} {what}");

    private sealed class Progress(string name, int channel, ulong startAfter, bool isQueueGroup)
    {
        private readonly Dictionary<int, IntervalSet> _delivered = [];

        public string Name => name;

        public int Channel => channel;

        public ulong StartAfter => startAfter;

        public bool IsQueueGroup => isQueueGroup;

        public IntervalSet Delivered { get; } = new();

        public IntervalSet Consumed { get; } = new();

        /// <summary>Delivered as new.</summary>
        public IntervalSet Unflagged { get; } = new();

        /// <summary>The highest first delivery of each member.</summary>
        public Dictionary<int, ulong> Highest { get; } = [];

        public IntervalSet DeliveredTo(int member)
        {
            if (!_delivered.TryGetValue(member, out var delivered))
            {
                _delivered[member] = delivered = new IntervalSet();
            }

            return delivered;
        }
    }
}
