namespace Bayou.Grains.Interfaces;

/// <summary>Error texts of the STAN protocol that the gateway sends by itself, byte for byte: users match on them.</summary>
public static class StanErrors
{
    public const string InvalidConnect = "stan: invalid connection request";
    public const string InvalidClientId = "stan: invalid clientID: only alphanumeric and `-` or `_` characters allowed";
    public const string InvalidPublish = "stan: invalid publish request";
    public const string InvalidSubscribe = "stan: invalid subscription request";
    public const string MissingClient = "stan: clientID missing";
    public const string InvalidAckWait = "stan: invalid ack wait time, should be >= 1s";
    public const string InvalidMaxInFlight = "stan: invalid MaxInflight, should be >= 1";
    public const string InvalidStart = "stan: invalid start position";
    public const string InvalidSubject = "stan: invalid subject";
    public const string UnknownClient = "stan: unknown clientID";
    public const string InvalidUnsubscribe = "stan: invalid unsubscribe request";
    public const string UnknownChannel = "stan: unknown channel";
    public const string InvalidClose = "stan: invalid close request";
    public const string ClientReplaced = "client has been replaced or is no longer registered";

    /// <summary>More waits to be stored than the server keeps; nothing was stored.</summary>
    public const string EnqueueTimedOut = "timed out enqueuing operation";

    /// <summary>The outcome of the operation is unknown.</summary>
    public const string LeadershipLost = "leadership lost while committing log";
}
