using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A validated request to open a session.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ConnectRequest")]
public sealed record ConnectRequest
{
    /// <summary>Subject on which the client answers heartbeats.</summary>
    [Id(0)] public required string HeartbeatInbox { get; init; }

    /// <summary>None for clients of protocol 0.</summary>
    [Id(1)] public required ConnId ConnId { get; init; }

    [Id(2)] public required int Protocol { get; init; }

    [Id(3)] public required int PingInterval { get; init; }

    [Id(4)] public required int PingMaxOut { get; init; }
}
