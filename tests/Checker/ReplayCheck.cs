namespace Bayou.Checker;

/// <summary>
/// Looks at replays message by message: each goes on without a gap from its first message, shows nothing but what was published, and
/// begins where retention allows.
/// </summary>
internal sealed class ReplayCheck(CheckContext context)
{
    private readonly Dictionary<(int Node, int Channel), OpenReplay> _open = [];
    private readonly Dictionary<(int Node, int Channel), ulong> _firsts = [];
    private readonly List<(int Channel, OpenReplay Replay, ulong Last)> _short = [];

    public void Add(in HistoryEvent item)
    {
        var key = (item.Actor, item.Channel);
        switch (item.Kind)
        {
            case EventKind.ReplayStarted:
                _open[key] = new OpenReplay(context.Names.Node(item.Actor), context.Position, context.Channel(item.Channel).HighestSequence, item.IsComplete);
                break;
            case EventKind.Replayed:
                OnMessage(key, Open(key), item);
                break;
            case EventKind.Restarted:
                var node = item.Actor;
                Array.ForEach([.. _firsts.Keys.Where(first => first.Node == node)], first => _firsts.Remove(first));
                break;
            default:
                OnEnded(key, Open(key), item);
                _open.Remove(key);
                break;
        }
    }

    /// <summary>What an earlier reader saw must still be there, though nobody acknowledged it; what was acknowledged is looked for elsewhere.</summary>
    public void Finish()
    {
        foreach (var (channel, replay, last) in _short)
        {
            for (var sequence = last + 1; sequence <= replay.SeenBefore; sequence++)
            {
                var value = context.Channel(channel).At(sequence);
                ref var publish = ref context.Publishes.Find(value);
                if (publish is { IsSeen: true, IsAcknowledged: false })
                {
                    context.Found(Anomaly.Vanished, channel, $"{replay.Node} ends at {last}, and {context.Names.Of(value)} had been seen at {sequence}");
                }
            }
        }
    }

    private OpenReplay Open((int Node, int Channel) key) =>
        _open.GetValueOrDefault(key) ?? throw new ArgumentException($"No replay of channel {key.Channel} was started on node {key.Node}.");

    private void OnMessage((int Node, int Channel) key, OpenReplay replay, in HistoryEvent item)
    {
        if (replay.First == 0)
        {
            OnFirst(key, replay, item.Sequence);
        }
        else if (item.Sequence > replay.Last + 1)
        {
            context.Found(Anomaly.Gap, key.Channel, $"{replay.Node} goes from {replay.Last} to {item.Sequence}");
        }
        else if (item.Sequence <= replay.Last)
        {
            context.Found(Anomaly.NonmonotonicReplay, key.Channel, $"{replay.Node} goes from {replay.Last} back to {item.Sequence}");
        }

        replay.Last = item.Sequence;
        context.Observe(context.Channel(key.Channel), item, replay.Node);
    }

    private void OnFirst((int Node, int Channel) key, OpenReplay replay, ulong first)
    {
        replay.First = first;
        if (_firsts.TryGetValue(key, out var before) && first < before)
        {
            context.Found(Anomaly.FirstMovedBack, key.Channel, $"{replay.Node} begins at {first}, and began at {before} earlier");
        }

        _firsts[key] = Math.Max(before, first);
    }

    private void OnEnded((int Node, int Channel) key, OpenReplay replay, in HistoryEvent item)
    {
        if (item.IsBrokenOff)
        {
            return;
        }

        var channel = context.Channel(key.Channel);
        var next = Math.Max(1, item.Sequence);
        var (first, last) = replay.First == 0 ? (next, next - 1) : (replay.First, replay.Last);
        if (first > channel.TrimmedTo && last - first + 1 < channel.KeptCount)
        {
            context.Found(Anomaly.OverTrimmed, key.Channel, $"{replay.Node} shows {first} to {last} only");
        }

        if (!replay.IsComplete)
        {
            return;
        }

        if (last < replay.SeenBefore)
        {
            _short.Add((key.Channel, replay, last));
        }

        context.Report.CompleteReplayCount++;
        channel.Add(new ChannelRecord.CompleteReplay(key.Node, first, last, replay.StartedAt));
    }

    private sealed class OpenReplay(string node, uint startedAt, ulong seenBefore, bool isComplete)
    {
        public string Node => node;

        public uint StartedAt => startedAt;

        /// <summary>The highest sequence known when it started.</summary>
        public ulong SeenBefore => seenBefore;

        public bool IsComplete => isComplete;

        public ulong First { get; set; }

        public ulong Last { get; set; }
    }
}
