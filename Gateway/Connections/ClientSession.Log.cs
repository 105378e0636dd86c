using System.Net;
using Bayou.Gateway.Protocol;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

internal sealed partial class ClientSession
{
    [LoggerMessage(1001, LogLevel.Debug, "Client {ConnectionId} connected from {RemoteEndPoint}")]
    private static partial void LogConnected(ILogger logger, ConnectionId connectionId, IPEndPoint? remoteEndPoint);

    [LoggerMessage(1002, LogLevel.Debug, "Client {ConnectionId} closed: {Reason}")]
    private static partial void LogClosed(ILogger logger, ConnectionId connectionId, ClosedReason reason);

    [LoggerMessage(1003, LogLevel.Information, "Client {ConnectionId} broke the protocol: {Error}")]
    private static partial void LogProtocolError(ILogger logger, ConnectionId connectionId, ProtocolError error);

    [LoggerMessage(1004, LogLevel.Warning, "Client {ConnectionId} does not keep up and was closed: {Reason}")]
    private static partial void LogSlowConsumer(ILogger logger, ConnectionId connectionId, ClosedReason reason);

    [LoggerMessage(1005, LogLevel.Error, "Reading from client {ConnectionId} failed; its connection is closed")]
    private static partial void LogReadFailed(ILogger logger, ConnectionId connectionId, Exception exception);
}
