namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The content of <c>/streaming/clientsz</c>.</summary>
internal sealed record ClientsReport
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
    public required IReadOnlyList<ClientReport> Clients { get; init; }
}
