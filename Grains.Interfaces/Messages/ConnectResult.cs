using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The new session's epoch, or the error text for the client.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ConnectResult")]
public readonly record struct ConnectResult([property: Id(0)] SessionEpoch Session, [property: Id(1)] string? Error);
