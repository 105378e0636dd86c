namespace Bayou.Import;

/// <summary>A client that was connected when the server stopped.</summary>
public sealed record SourceClient
{
    public required string Id { get; init; }

    public required string HeartbeatInbox { get; init; }

    /// <summary>What it chose to identify its connect; empty for clients of protocol 0.</summary>
    public required ReadOnlyMemory<byte> ConnId { get; init; }

    public required int Protocol { get; init; }

    /// <summary>Seconds; milliseconds if negative.</summary>
    public required int PingInterval { get; init; }

    public required int PingMaxOut { get; init; }
}
