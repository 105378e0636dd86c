namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The content of <c>/streaming/channelsz</c>; an empty list is left out.</summary>
internal sealed record ChannelsReport
{
    public required string ClusterId { get; init; }
    public required string ServerId { get; init; }
    public required string Now { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; }
    public int Count { get; init; }
    public int Total { get; init; }

    /// <summary>Nodes that did not answer in time, so that the page may lack something; left out where all did.</summary>
    public IReadOnlyList<string>? Unanswered { get; init; }
    public IReadOnlyList<string>? Names { get; init; }
    public IReadOnlyList<ChannelReport>? Channels { get; init; }
}
