namespace Bayou.Gateway.Monitoring;

/// <summary>The cluster in <c>/varz</c>; <c>{}</c> where there is none.</summary>
internal sealed record ClusterReport
{
    public string? Name { get; init; }
    public string? Addr { get; init; }
    public int? ClusterPort { get; init; }
    public double? AuthTimeout { get; init; }
    public IReadOnlyList<string>? Urls { get; init; }
    public double? TlsTimeout { get; init; }
}
