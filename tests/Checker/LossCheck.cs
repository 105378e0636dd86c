namespace Bayou.Checker;

/// <summary>
/// Looks for acknowledged publishes in the last complete replay of every node that has one. A publish that no node shows is lost; its place
/// among the surviving ones, in order of acknowledgement, says whether the beginning, the middle or the end was lost.
/// </summary>
internal sealed class LossCheck(CheckContext context)
{
    private readonly Dictionary<int, Survivors> _survivors = [];

    public void Run()
    {
        for (var connection = 0; connection < context.Publishes.ConnectionCount; connection++)
        {
            foreach (var value in context.Publishes.Of(connection))
            {
                NoteSurvivor(context.Publishes.Find(value));
            }
        }

        for (var connection = 0; connection < context.Publishes.ConnectionCount; connection++)
        {
            var retained = new HashSet<int>();
            foreach (var value in context.Publishes.Of(connection))
            {
                Judge(value, context.Publishes.Find(value), retained);
            }
        }
    }

    private void NoteSurvivor(in PublishState publish)
    {
        var channel = context.Channel(publish.Channel);
        if (!publish.IsAcknowledged)
        {
            return;
        }

        foreach (ref readonly var replay in channel.Replays)
        {
            if (Shows(replay, 0, publish.Sequence))
            {
                var survivors = _survivors.GetValueOrDefault(channel.Number, new Survivors(uint.MaxValue, 0));
                _survivors[channel.Number] = new Survivors(
                    Math.Min(survivors.FirstAcknowledgedAt, publish.AcknowledgedAt), Math.Max(survivors.LastAcknowledgedAt, publish.AcknowledgedAt));
                return;
            }
        }
    }

    /// <param name="value">The publish.</param>
    /// <param name="publish">What is known of it.</param>
    /// <param name="retained">Channels in which an earlier publish of the same connection is stored and was not trimmed.</param>
    private void Judge(Value value, in PublishState publish, HashSet<int> retained)
    {
        var channel = context.Channel(publish.Channel);
        if (!publish.IsAcknowledged || channel.Replays.IsEmpty)
        {
            return;
        }

        var (shown, missing) = (0, (string?)null);
        foreach (ref readonly var replay in channel.Replays)
        {
            if (replay.StartedAt < publish.AcknowledgedAt)
            {
                continue;
            }

            var isTrimmed = publish.Sequence == 0 ? replay.First > 1 && !retained.Contains(channel.Number) : publish.Sequence < replay.First;
            if (isTrimmed || Shows(replay, publish.AcknowledgedAt, publish.Sequence))
            {
                shown++;
            }
            else
            {
                missing ??= context.Names.Node(replay.Node);
            }
        }

        if (missing is null)
        {
            Retain(channel, publish, retained);
        }
        else if (shown > 0)
        {
            context.Found(Anomaly.MissingOnNode, channel.Number, $"{context.Names.Of(value)} at {publish.Sequence} is missing on {missing}");
        }
        else
        {
            context.Found(KindOfLoss(channel, publish), channel.Number, $"{context.Names.Of(value)} was acknowledged and is on no node");
        }
    }

    private static bool Shows(in ChannelRecord.CompleteReplay replay, uint since, ulong sequence) =>
        replay.StartedAt >= since && sequence >= replay.First && sequence <= replay.Last;

    private static void Retain(ChannelRecord channel, in PublishState publish, HashSet<int> retained)
    {
        foreach (ref readonly var replay in channel.Replays)
        {
            if (publish.Sequence >= replay.First && publish.Sequence != 0)
            {
                retained.Add(channel.Number);
                return;
            }
        }
    }

    private Anomaly KindOfLoss(ChannelRecord channel, in PublishState publish)
    {
        if (!_survivors.TryGetValue(channel.Number, out var survivors))
        {
            return Anomaly.LostEverything;
        }

        return publish.AcknowledgedAt < survivors.FirstAcknowledgedAt ? Anomaly.LostPrefix
            : publish.AcknowledgedAt > survivors.LastAcknowledgedAt ? Anomaly.LostPostfix
            : Anomaly.LostMiddle;
    }

    private readonly record struct Survivors(uint FirstAcknowledgedAt, uint LastAcknowledgedAt);
}
