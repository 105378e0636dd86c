namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A receiver, or a durable without one, as the monitoring pages show it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberView")]
public sealed record MemberView(
    [property: Id(0)] string ClientId,
    [property: Id(1)] string Inbox,
    [property: Id(2)] string AckInbox,
    [property: Id(3)] string DurableName,
    [property: Id(4)] string QueueName,
    [property: Id(5)] bool IsDurable,
    [property: Id(6)] bool IsOffline,
    [property: Id(7)] int MaxInFlight,
    [property: Id(8)] int AckWaitSeconds,
    [property: Id(9)] ulong LastSent,
    [property: Id(10)] long PendingCount,
    [property: Id(11)] bool IsStalled);
