namespace Bayou.Gateway.Connections;

/// <summary>Closed reasons as <c>/connz</c> writes them.</summary>
internal static class ClosedReasons
{
    public static string Text(ClosedReason reason) => reason switch
    {
        ClosedReason.ClientClosed => "Client Closed",
        ClosedReason.AuthenticationTimeout => "Authentication Timeout",
        ClosedReason.AuthenticationFailure => "Authentication Failure",
        ClosedReason.SlowConsumerPendingBytes => "Slow Consumer (Pending Bytes)",
        ClosedReason.SlowConsumerWriteDeadline => "Slow Consumer (Write Deadline)",
        ClosedReason.WriteError => "Write Error",
        ClosedReason.ReadError => "Read Error",
        ClosedReason.StaleConnection => "Stale Connection",
        ClosedReason.ProtocolViolation => "Protocol Violation",
        ClosedReason.MaxConnectionsExceeded => "Maximum Connections Exceeded",
        ClosedReason.MaxPayloadExceeded => "Maximum Message Payload Exceeded",
        ClosedReason.MaxControlLineExceeded => "Maximum Control Line Exceeded",
        ClosedReason.ServerShutdown => "Server Shutdown",
        ClosedReason.InternalError => "Internal Error",
        ClosedReason.ParseError => "Parse Error",
        ClosedReason.WrongPort => "Incorrect Port",
        ClosedReason.DuplicateRoute => "Duplicate Route",
        ClosedReason.DuplicateServerName => "Duplicate Server Name",
        ClosedReason.ClusterNameConflict => "Cluster Name Conflict",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
