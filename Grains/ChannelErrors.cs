namespace Bayou.Grains;

/// <summary>
/// Texts that STAN clients see from a channel, besides <see cref="Interfaces.StanErrors"/>. Users match on them, so they are exact, the
/// missing prefix and letter included.
/// </summary>
internal static class ChannelErrors
{
    public const string TooManyChannels = "too many channels";
    public const string TooManySubscriptions = "too many subscriptions per channel";
    public const string DuplicateDurable = "stan: duplicate durable registration";
    public const string DurableQueueName = "stan: durable name of a durable queue subscriber can't contain the character ':'";
    public const string InvalidSubscription = "stan: invalid subscription";
    public const string ClientAlreadyRegistered = "stan: clientID already registered";

    public const string ChannelEnded = "stan: channel is being deleted";

    public const string DiskNearlyFull = "no space left for messages on the server's disk";

    public static string Of(Replication.ReplicaUnavailableException reason) => reason.Reason switch
    {
        Replication.ReplicaUnavailability.DiskNearlyFull => DiskNearlyFull,
        Replication.ReplicaUnavailability.Ended => ChannelEnded,
        _ => Interfaces.StanErrors.LeadershipLost,
    };

    public static string CaseClash(string name, string existing) =>
        $"rejecting channel \"{name}\" because channel \"{existing}\" alreay exists (different cases not allowed)";
}
