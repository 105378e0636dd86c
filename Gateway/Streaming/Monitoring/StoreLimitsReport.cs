using System.Text.Json.Serialization;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The limits of the server, in <c>/streaming/storez</c>: those of any channel, between how many there may be and the exceptions.</summary>
internal sealed record StoreLimitsReport : ChannelLimitsReport
{
    public StoreLimitsReport(LimitFigures figures)
        : base(figures.Global)
    {
        MaxChannels = figures.MaxChannels;
        Channels = figures.Channels.Count == 0
            ? null
            : new OrderedDictionary<string, ChannelLimitsReport>(figures.Channels.Select(static entry => KeyValuePair.Create(entry.Name, new ChannelLimitsReport(entry.Limits))));
    }

    [JsonPropertyOrder(-1)]
    public int MaxChannels { get; }

    /// <summary>By channel name or wildcard; left out when there are none.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyDictionary<string, ChannelLimitsReport>? Channels { get; }
}
