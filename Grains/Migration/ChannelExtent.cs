using System.Text;
using Bayou.Grains.Interfaces;
using Bayou.Import;
using Bayou.Records;

namespace Bayou.Grains.Migration;

/// <summary>
/// What of a channel's files belongs to the channel: a server drops messages long before it gives up the files that hold them, and
/// drops them once more at each start, by the limits that it is given then.
/// </summary>
public sealed record ChannelExtent
{
    /// <summary>Sequence of the oldest message; one more than <see cref="LastSequence"/> when there is none.</summary>
    public required ulong FirstSequence { get; init; }

    public required ulong LastSequence { get; init; }

    /// <summary>Messages from the first to the last.</summary>
    public required long MessageCount { get; init; }

    /// <summary>Sequences among them that have no message.</summary>
    public required long MissingCount { get; init; }

    /// <summary>Accounted size.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>Reads the whole channel.</summary>
    /// <param name="channel">Whose messages.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="now">In Unix nanoseconds.</param>
    /// <param name="report">Is told of what cannot be read.</param>
    public static ChannelExtent Measure(SourceChannel channel, ChannelLimits limits, long now, Action<Damage> report)
    {
        var window = new Window(limits);
        var nameBytes = Encoding.UTF8.GetByteCount(channel.Name);
        foreach (var place in ChannelPlace.AllOf(channel, report))
        {
            window.Add(place, nameBytes);
        }

        window.Expire(now);
        return window.ToExtent(Math.Max(window.Last, window.Last > 0 ? 0 : LastSentOf(channel)));
    }

    /// <summary>Of a channel without a single message in its files: what it had sent, so that no sequence is used twice.</summary>
    private static ulong LastSentOf(SourceChannel channel) => channel.Subscriptions.Select(subscription => subscription.LastSent).DefaultIfEmpty().Max();

    /// <summary>The newest places, as many as the limits allow.</summary>
    private sealed class Window(ChannelLimits limits)
    {
        private readonly Queue<(long Timestamp, uint Bytes, bool IsMissing)> _places = new();
        private ulong _bytes;
        private long _missing;

        public ulong Last { get; private set; }

        public void Add(in ChannelPlace place, int nameBytes)
        {
            var message = place.Message;
            var bytes = Accounting.SizeOf(
                message.Sequence, message.Timestamp, channelNameBytes: nameBytes, replyToBytes: message.ReplyTo.Length, payloadBytes: message.Data.Length);
            _places.Enqueue((message.Timestamp, bytes, place.IsMissing));
            _bytes += bytes;
            _missing += place.IsMissing ? 1 : 0;
            Last = message.Sequence;
            while (_places.Count > 1 && limits.AreExceededBy(_places.Count, _bytes))
            {
                Drop();
            }
        }

        public void Expire(long now)
        {
            var oldestAllowed = now - (limits.MaxAge.Ticks * 100);
            while (limits.MaxAge > TimeSpan.Zero && _places.TryPeek(out var oldest) && oldest.Timestamp < oldestAllowed)
            {
                Drop();
            }
        }

        public ChannelExtent ToExtent(ulong last) => new()
        {
            FirstSequence = last + 1 - (ulong)_places.Count,
            LastSequence = last,
            MessageCount = _places.Count - _missing,
            MissingCount = _missing,
            Bytes = _bytes,
        };

        private void Drop()
        {
            var (_, bytes, isMissing) = _places.Dequeue();
            _bytes -= bytes;
            _missing -= isMissing ? 1 : 0;
        }
    }
}
