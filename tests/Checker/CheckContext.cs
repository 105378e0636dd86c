namespace Bayou.Checker;

/// <summary>What the parts of a checker share: the publishes, what was seen of the channels, and the findings.</summary>
internal sealed class CheckContext(Names names)
{
    private readonly List<ChannelRecord> _channels = [];

    public Names Names => names;

    public Report Report { get; } = new();

    public PublishTable Publishes { get; } = new();

    public IReadOnlyList<ChannelRecord> Channels => _channels;

    /// <summary>Position in the history of the event that is looked at, from 1.</summary>
    public uint Position { get; set; }

    public ChannelRecord Channel(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, ushort.MaxValue);
        while (_channels.Count <= number)
        {
            _channels.Add(new ChannelRecord(_channels.Count));
        }

        return _channels[number];
    }

    public void Found(Anomaly anomaly, int channel, string what) => Report.Add(anomaly, names.Channel(channel), what);

    public void OnPublishEvent(in HistoryEvent item)
    {
        ref var publish = ref Publishes.Open(item.Value);
        if (item.Kind == EventKind.Published)
        {
            publish.PublishedAt = Position;
            publish.Hash = (uint)item.Hash;
            publish.Channel = checked((ushort)item.Channel);
            Channel(item.Channel).PublishedCount++;
            return;
        }

        if (publish.PublishedAt == 0)
        {
            throw new ArgumentException($"{names.Of(item.Value)} was {item.Kind} and never published.", nameof(item));
        }

        publish.IsRefused |= item.Kind == EventKind.Refused;
        publish.IsResent |= item.Kind == EventKind.Resent;
        if (item.Kind == EventKind.Acknowledged)
        {
            Report.AcknowledgedCount += publish.IsAcknowledged ? 0 : 1;
            publish.AcknowledgedAt = publish.IsAcknowledged ? publish.AcknowledgedAt : Position;
            if (item.Sequence != 0)
            {
                Place(Channel(publish.Channel), ref publish, item.Value, item.Sequence, "the acknowledgement", isSeen: false);
            }
        }
    }

    /// <summary>Somebody sees a message: compares it with what was published and with what others saw.</summary>
    public void Observe(ChannelRecord channel, in HistoryEvent item, string reader)
    {
        Report.ObservedCount++;
        ref var publish = ref Publishes.Find(item.Value);
        if (publish.PublishedAt == 0)
        {
            Found(Anomaly.Unexpected, channel.Number, $"{reader} shows {names.Of(item.Value)} at {item.Sequence}, which nobody published");
            return;
        }

        if (publish.Channel != channel.Number)
        {
            Found(Anomaly.WrongChannel, channel.Number, $"{reader} shows {names.Of(item.Value)} at {item.Sequence}, published to {names.Channel(publish.Channel)}");
            return;
        }

        if (publish.IsRefused)
        {
            Found(Anomaly.RefusedAppeared, channel.Number, $"{reader} shows {names.Of(item.Value)} at {item.Sequence}, whose publish was refused");
        }

        if (publish.Hash != (uint)item.Hash)
        {
            Found(Anomaly.Corrupted, channel.Number, $"{reader} shows {names.Of(item.Value)} at {item.Sequence} with another content");
        }

        Place(channel, ref publish, item.Value, item.Sequence, reader, isSeen: true);
    }

    private void Place(ChannelRecord channel, ref PublishState publish, Value value, ulong sequence, string reader, bool isSeen)
    {
        if (!channel.IsPlausible(sequence))
        {
            Found(Anomaly.Unexpected, channel.Number, $"{reader} puts {names.Of(value)} at {sequence}, far beyond what was published");
            return;
        }

        var known = channel.At(sequence);
        if (known == default)
        {
            channel.Set(sequence, value);
        }
        else if (known != value)
        {
            Found(Anomaly.InconsistentSequence, channel.Number, $"{reader} puts {names.Of(value)} at {sequence}, where {names.Of(known)} was seen");
            return;
        }

        if (publish.Sequence == 0)
        {
            publish.Sequence = sequence;
        }
        else if (publish.Sequence != sequence && !publish.IsResent)
        {
            var anomaly = isSeen && publish.IsSeen ? Anomaly.Duplicate : Anomaly.AckMismatch;
            Found(anomaly, channel.Number, $"{reader} puts {names.Of(value)} at {sequence}, and it was at {publish.Sequence}");
        }

        // Where it was seen counts for more than where it was said to be.
        publish.Sequence = isSeen && !publish.IsSeen ? sequence : publish.Sequence;
        publish.IsSeen |= isSeen;
    }
}
