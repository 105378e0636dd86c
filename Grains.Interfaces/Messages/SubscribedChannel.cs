namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What some clients have on one channel.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Counts">How many subscriptions each client has on it; clients without any are missing.</param>
/// <param name="Views">The subscriptions, where they were asked for.</param>
[GenerateSerializer, Immutable, Alias("Bayou.SubscribedChannel")]
public sealed record SubscribedChannel(
    [property: Id(0)] string Channel,
    [property: Id(1)] IReadOnlyDictionary<string, int> Counts,
    [property: Id(2)] IReadOnlyList<MemberView> Views);
