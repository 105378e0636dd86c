namespace Bayou.Gateway.Monitoring;

/// <summary>The content of <c>/connz</c>.</summary>
internal sealed record ConnzReport
{
    public required string ServerId { get; init; }
    public required string Now { get; init; }
    public int NumConnections { get; init; }
    public int Total { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; }
    public required IReadOnlyList<ConnectionReport> Connections { get; init; }
}
