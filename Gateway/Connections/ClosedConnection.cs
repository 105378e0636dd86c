using System.Net;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway.Connections;

/// <summary>What is remembered of a connection that has ended.</summary>
internal sealed record ClosedConnection(
    ConnectionId Id,
    IPEndPoint? RemoteEndPoint,
    ConnectionEncryption? Encryption,
    ConnectOptions Options,
    ConnectionStatistics Statistics,
    ConnectionTotals Totals,
    string[] Subjects,
    ClosedReason Reason);
