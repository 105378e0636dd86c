using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>A channel in <c>/streaming/channelsz</c>.</summary>
internal sealed record ChannelReport
{
    public required string Name { get; init; }
    public long Msgs { get; init; }
    public long Bytes { get; init; }
    public ulong FirstSeq { get; init; }
    public ulong LastSeq { get; init; }
    public int SubsCount { get; init; }

    /// <summary>Left out when not asked for, or when there are none.</summary>
    public IReadOnlyList<MemberReport>? Subscriptions { get; init; }

    public static ChannelReport Of(ChannelFigures figures) => new()
    {
        Name = figures.Name,
        Msgs = figures.Messages,
        Bytes = figures.Bytes,
        FirstSeq = figures.FirstSequence,
        LastSeq = figures.LastSequence,
        SubsCount = figures.SubscriptionCount,
        Subscriptions = MemberReport.List(figures.Subscriptions),
    };
}
