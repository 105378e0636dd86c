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
            .OrderBy(pair => pair.Key, ByWidth.Instance))
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

    /// <summary>Widest first, so that narrower entries overwrite: <c>&gt;</c> before <c>*</c> before a literal, token by token.</summary>
    private sealed class ByWidth : IComparer<string>
    {
        public static readonly ByWidth Instance = new();

        public int Compare(string? x, string? y)
        {
            var left = x!.Split('.');
            var right = y!.Split('.');
            for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
            {
                var order = Rank(left[i]).CompareTo(Rank(right[i]));
                if (order != 0)
                {
                    return order;
                }
            }

            return left.Length.CompareTo(right.Length);
        }

        private static int Rank(string token) => token switch
        {
            ">" => 0,
            "*" => 1,
            _ => 2,
        };
    }
}
