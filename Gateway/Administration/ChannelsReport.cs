namespace Bayou.Gateway.Administration;

/// <summary>The content of <c>/bayou/channels</c>.</summary>
internal sealed record ChannelsReport
{
    public required string ServerId { get; init; }

    public required string Now { get; init; }

    public required int Offset { get; init; }

    public required int Limit { get; init; }

    /// <summary>Channels on this page.</summary>
    public required int Count { get; init; }

    /// <summary>Channels that the pattern takes in.</summary>
    public required int Total { get; init; }

    public required IReadOnlyList<ChannelOverview> Channels { get; init; }

    /// <summary>Nodes that did not answer in time: what they lead is shown as the one that answers knows it.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }
}
