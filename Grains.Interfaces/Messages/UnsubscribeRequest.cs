using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Ends one member's part in a subscription.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.UnsubscribeRequest")]
public sealed record UnsubscribeRequest
{
    [Id(0)] public required ClientId Client { get; init; }

    /// <summary>The member's ack inbox or delivery inbox.</summary>
    [Id(1)] public required string Inbox { get; init; }

    /// <summary>True forgets the position of a durable; false keeps it for a later resume.</summary>
    [Id(2)] public required bool Remove { get; init; }
}
