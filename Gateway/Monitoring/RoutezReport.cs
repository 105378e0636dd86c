namespace Bayou.Gateway.Monitoring;

/// <summary>The content of <c>/routez</c>.</summary>
internal sealed record RoutezReport
{
    public required string ServerId { get; init; }
    public required string Now { get; init; }
    public int NumRoutes { get; init; }
    public required IReadOnlyList<RouteReport> Routes { get; init; }
}
