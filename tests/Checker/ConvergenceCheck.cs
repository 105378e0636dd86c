namespace Bayou.Checker;

/// <summary>Looks at replicas as a whole: equal at equal indexes always, and once the faults have ended, in use again and all equal.</summary>
internal sealed class ConvergenceCheck(CheckContext context, TimeSpan acceptWithin, TimeSpan settleWithin)
{
    private readonly Dictionary<(int Channel, ulong Index), (ulong Hash, int Node)> _digests = [];
    private readonly SortedDictionary<int, SortedDictionary<int, (ulong Index, TimeSpan Time)>> _settled = [];
    private readonly Dictionary<int, TimeSpan> _accepted = [];
    private TimeSpan? _healedAt;

    public void Add(in HistoryEvent item)
    {
        switch (item.Kind)
        {
            case EventKind.Digested:
                Compare(item);
                break;
            case EventKind.Healed:
                _healedAt = item.Time;
                _accepted.Clear();
                _settled.Clear();
                break;
            case EventKind.Accepted:
                _accepted.TryAdd(item.Channel, item.Time);
                break;
            default:
                if (!_settled.TryGetValue(item.Channel, out var nodes))
                {
                    _settled[item.Channel] = nodes = [];
                }

                nodes[item.Actor] = (item.Sequence, item.Time);
                break;
        }
    }

    public void Finish()
    {
        if (_healedAt is not { } healedAt)
        {
            return;
        }

        foreach (var channel in context.Channels)
        {
            if (!_accepted.TryGetValue(channel.Number, out var acceptedAt) || acceptedAt - healedAt > acceptWithin)
            {
                context.Found(Anomaly.Unavailable, channel.Number, $"no publish was taken within {acceptWithin} after the faults had ended");
            }
        }

        foreach (var (channel, nodes) in _settled)
        {
            CompareIndexes(channel, nodes, healedAt);
        }
    }

    private void Compare(in HistoryEvent item)
    {
        var key = (item.Channel, item.Sequence);
        if (!_digests.TryAdd(key, (item.Hash, item.Actor)) && _digests[key].Hash != item.Hash)
        {
            context.Found(
                Anomaly.Diverged, item.Channel, $"{context.Names.Node(item.Actor)} and {context.Names.Node(_digests[key].Node)} differ at index {item.Sequence}");
        }
    }

    private void CompareIndexes(int channel, SortedDictionary<int, (ulong Index, TimeSpan Time)> nodes, TimeSpan healedAt)
    {
        var highest = nodes.Values.Max(static settled => settled.Index);
        foreach (var (node, (index, time)) in nodes)
        {
            if (index < highest || time - healedAt > settleWithin)
            {
                context.Found(
                    Anomaly.NotConverged, channel, $"{context.Names.Node(node)} stood at index {index} of {highest}, {time - healedAt} after the faults had ended");
            }
        }
    }
}
