using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A session that exists at the time of the answer.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SessionInfo")]
public sealed record SessionInfo(
    [property: Id(0)] ClientId Client,
    [property: Id(1)] SessionEpoch Session,
    [property: Id(2)] ConnId ConnId,
    [property: Id(3)] string HeartbeatInbox);
