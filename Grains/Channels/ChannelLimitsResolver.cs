using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Channels;

/// <summary>
/// Finds the limits of a channel: for each value its own entry, else the narrowest wildcard that gives one, else the global one.
/// </summary>
public static class ChannelLimitsResolver
{
    public static ChannelLimits Resolve(StreamingOptions options, string channel)
    {
        var limits = options.Limits;
        foreach (var (_, entry) in options.ChannelLimits
            .Where(pair => ChannelPattern.Matches(pair.Key, channel))
            .OrderBy(pair => pair.Key, PatternWidth.Order))
        {
            limits = new ChannelLimits
            {
                MaxMessages = entry.MaxMessages ?? limits.MaxMessages,
                MaxBytes = entry.MaxBytes ?? limits.MaxBytes,
                MaxAge = entry.MaxAge ?? limits.MaxAge,
                MaxSubscriptions = entry.MaxSubscriptions ?? limits.MaxSubscriptions,
                MaxInactivity = entry.MaxInactivity ?? limits.MaxInactivity,
            };
        }

        return limits;
    }

    /// <summary>Every entry with what it inherits filled in, sorted ordinally: a wildcard inherits from the wider ones.</summary>
    public static IReadOnlyList<NamedLimits> ResolveEntries(StreamingOptions options) =>
        [.. options.ChannelLimits.Keys.Order(StringComparer.Ordinal).Select(name => new NamedLimits(name, Resolve(options, name)))];
}
