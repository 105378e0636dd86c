using Bayou.Import;

namespace Bayou.Grains.Migration;

/// <summary>One sequence of a channel that is imported.</summary>
/// <param name="Message">What is stored there; without a message, the sequence and the time of the message before.</param>
/// <param name="IsMissing">The source has no message under this sequence: subscribers go past it.</param>
internal readonly record struct ChannelPlace(SourceMessage Message, bool IsMissing)
{
    /// <summary>Every sequence from the first message of a channel to its last.</summary>
    public static IEnumerable<ChannelPlace> AllOf(SourceChannel channel, Action<Damage> report)
    {
        var previous = default(SourceMessage);
        foreach (var message in channel.ReadMessages(report))
        {
            for (var gap = previous.Sequence + 1; previous.Sequence > 0 && gap < message.Sequence; gap++)
            {
                yield return new ChannelPlace(new SourceMessage(gap, previous.Timestamp, default, default), IsMissing: true);
            }

            yield return new ChannelPlace(message, IsMissing: false);
            previous = message;
        }
    }
}
