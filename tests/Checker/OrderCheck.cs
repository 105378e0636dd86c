namespace Bayou.Checker;

/// <summary>
/// Looks at the order in which publishes are stored. Two passes over each channel's sequences suffice: within one connection numbers
/// must grow, and walking backwards, nothing further on may have been acknowledged before this one was published.
/// </summary>
internal sealed class OrderCheck(CheckContext context)
{
    public void Run()
    {
        foreach (var channel in context.Channels)
        {
            CheckConnections(channel);
            CheckRealTime(channel);
        }
    }

    private void CheckConnections(ChannelRecord channel)
    {
        var highest = new Dictionary<int, int>();
        for (var sequence = 1UL; sequence <= channel.HighestSequence; sequence++)
        {
            var value = channel.At(sequence);
            if (!IsOrdered(value, sequence))
            {
                continue;
            }

            var before = highest.GetValueOrDefault(value.Connection);
            if (before > value.Number)
            {
                context.Found(Anomaly.Reordered, channel.Number, $"{context.Names.Of(value)} at {sequence} comes after {context.Names.Of(value with { Number = before })}");
            }

            highest[value.Connection] = Math.Max(before, value.Number);
        }
    }

    private void CheckRealTime(ChannelRecord channel)
    {
        var earliestAcknowledged = uint.MaxValue;
        var earliest = default(Value);
        for (var sequence = channel.HighestSequence; sequence > 0; sequence--)
        {
            var value = channel.At(sequence);
            if (!IsOrdered(value, sequence))
            {
                continue;
            }

            ref var publish = ref context.Publishes.Find(value);
            if (earliestAcknowledged < publish.PublishedAt)
            {
                context.Found(
                    Anomaly.RealTimeReordered, channel.Number, $"{context.Names.Of(earliest)} was acknowledged before {context.Names.Of(value)} was published, and is stored after it");
            }

            if (publish.IsAcknowledged && publish.AcknowledgedAt < earliestAcknowledged)
            {
                (earliestAcknowledged, earliest) = (publish.AcknowledgedAt, value);
            }
        }
    }

    /// <summary>What a client sent twice has no place of its own, and what is stored twice counts where it was first seen.</summary>
    private bool IsOrdered(Value value, ulong sequence)
    {
        ref var publish = ref context.Publishes.Find(value);
        return publish.Sequence == sequence && !publish.IsResent;
    }
}
