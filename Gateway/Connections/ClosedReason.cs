namespace Bayou.Gateway.Connections;

/// <summary>Why a connection ended.</summary>
public enum ClosedReason
{
    ClientClosed,
    AuthenticationTimeout,
    AuthenticationFailure,
    SlowConsumerPendingBytes,
    SlowConsumerWriteDeadline,
    WriteError,
    ReadError,
    StaleConnection,
    ProtocolViolation,
    MaxConnectionsExceeded,
    MaxPayloadExceeded,
    MaxControlLineExceeded,
    ServerShutdown,
    InternalError,
    ParseError,
    WrongPort,
    DuplicateRoute,
    DuplicateServerName,
    ClusterNameConflict,
}
