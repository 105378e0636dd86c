namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The content of <c>/streaming/storez</c>.</summary>
internal sealed record StoreReport
{
    public required string ClusterId { get; init; }
    public required string ServerId { get; init; }
    public required string Now { get; init; }
    public required string Type { get; init; }
    public required StoreLimitsReport Limits { get; init; }
    public long TotalMsgs { get; init; }
    public long TotalBytes { get; init; }

    /// <summary>Nodes that did not answer in time, so that the sums may lack something; left out where all did.</summary>
    public IReadOnlyList<string>? Unanswered { get; init; }
}
