namespace Bayou.Grains.Interfaces.Identity;

/// <summary>
/// Counts the sessions that one client id has had. What a session did carries its epoch, so that a session that was replaced
/// cannot touch what belongs to its successor.
/// </summary>
[GenerateSerializer, Immutable, Alias("Bayou.SessionEpoch")]
public readonly record struct SessionEpoch([property: Id(0)] ulong Value);
