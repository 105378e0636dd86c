using System.Net;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>What is remembered of a connection that has ended.</summary>
internal sealed record ClosedConnection(
    ConnectionId Id,
    IPEndPoint? RemoteEndPoint,
    ConnectOptions Options,
    ConnectionStatistics Statistics,
    ConnectionTotals Totals,
    string[] Subjects,
    ClosedReason Reason);
