namespace Bayou.Gateway.Monitoring;

/// <summary>The content of <c>/subsz</c>.</summary>
internal sealed record SubszReport
{
    public required string ServerId { get; init; }
    public required string Now { get; init; }
    public int NumSubscriptions { get; init; }
    public int NumCache { get; init; }
    public long NumInserts { get; init; }
    public long NumRemoves { get; init; }
    public long NumMatches { get; init; }
    public double CacheHitRate { get; init; }
    public int MaxFanout { get; init; }
    public double AvgFanout { get; init; }
    public int? Total { get; init; }
    public int? Offset { get; init; }
    public int? Limit { get; init; }
    public IReadOnlyList<SubscriptionReport>? SubscriptionsList { get; init; }
}
