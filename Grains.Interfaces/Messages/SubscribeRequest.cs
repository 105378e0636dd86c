using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A validated request to subscribe, sent by the gateway of the client.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SubscribeRequest")]
public sealed record SubscribeRequest
{
    [Id(0)] public required ClientId Client { get; init; }

    [Id(1)] public required SessionEpoch Session { get; init; }

    /// <summary>Subject on which the client wants its messages.</summary>
    [Id(2)] public required string Inbox { get; init; }

    /// <summary>Queue group; empty for a plain subscription.</summary>
    [Id(3)] public string QueueGroup { get; init; } = string.Empty;

    /// <summary>Durable name; empty for a subscription that ends with its client.</summary>
    [Id(4)] public string DurableName { get; init; } = string.Empty;

    [Id(5)] public required int MaxInFlight { get; init; }

    [Id(6)] public required TimeSpan AckWait { get; init; }

    [Id(7)] public StartPosition StartPosition { get; init; }

    [Id(8)] public ulong StartSequence { get; init; }

    /// <summary>How far back to start, for <see cref="StartPosition.TimeDeltaStart"/>.</summary>
    [Id(9)] public TimeSpan StartTimeDelta { get; init; }

    /// <summary>Secret of the ack inbox, drawn by the gateway.</summary>
    [Id(10)] public required ulong AckSecret { get; init; }
}
