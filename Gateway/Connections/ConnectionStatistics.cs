namespace Bayou.Gateway.Connections;

/// <summary>What <c>/connz</c> tells about a connection's past. Written by its read loop once per read; read by anyone.</summary>
internal sealed class ConnectionStatistics(DateTimeOffset start)
{
    public DateTimeOffset Start { get; } = start;

    public DateTimeOffset LastActivity { get; set; } = start;

    public DateTimeOffset? Stop { get; set; }

    public TimeSpan RoundTripTime { get; set; }

    public long InMessageCount { get; set; }

    public long InBytes { get; set; }
}
