namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The content of <c>/streaming/serverz</c>.</summary>
internal sealed record ServerReport
{
    public required string ClusterId { get; init; }
    public required string ServerId { get; init; }
    public required string Version { get; init; }
    public required string Go { get; init; }
    public string State { get; init; } = "STANDALONE";
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
}
