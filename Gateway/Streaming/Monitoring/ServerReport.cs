namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The content of <c>/streaming/serverz</c>.</summary>
internal sealed record ServerReport
{
    public required string ClusterId { get; init; }
    public required string ServerId { get; init; }
    public required string Version { get; init; }
    public required string Go { get; init; }
    public string State { get; init; } = "STANDALONE";

    /// <summary>Leader for the server that leads the metadata, else Follower; null for a server alone.</summary>
    public string? Role { get; init; }

    public string? NodeId { get; init; }
    public required string Now { get; init; }
    public required string StartTime { get; init; }
    public required string Uptime { get; init; }
    public int Clients { get; init; }
    public int Subscriptions { get; init; }
    public int Channels { get; init; }
    public long TotalMsgs { get; init; }
    public long TotalBytes { get; init; }
    public long InMsgs { get; init; }
    public long InBytes { get; init; }
    public long OutMsgs { get; init; }
    public long OutBytes { get; init; }
    public long? OpenFds { get; init; }
    public long? MaxFds { get; init; }

    /// <summary>Nodes that did not answer in time, so that the sums may lack something; left out where all did.</summary>
    public IReadOnlyList<string>? Unanswered { get; init; }
}
