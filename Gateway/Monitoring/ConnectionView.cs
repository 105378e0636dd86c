using System.Net;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway.Monitoring;

/// <summary>A connection at one moment, open or closed, for <c>/connz</c> to select, sort and show.</summary>
internal sealed record ConnectionView(
    ConnectionId Id,
    IPEndPoint? RemoteEndPoint,
    ConnectionEncryption? Encryption,
    ConnectOptions Options,
    ConnectionStatistics Statistics,
    ConnectionTotals Totals,
    long PendingBytes,
    ClosedReason? Reason,
    int SubscriptionCount,
    Func<IReadOnlyList<ClientSubscription>> OpenSubscriptions,
    IReadOnlyList<string>? ClosedSubjects)
{
    public static ConnectionView Of(ClientConnection connection) => new(
        connection.Id, connection.RemoteEndPoint, connection.Encryption, connection.Options, connection.Statistics, ConnectionTotals.Of(connection),
        connection.PendingBytes, Reason: null, connection.Subscriptions.Count, connection.Subscriptions.Snapshot, ClosedSubjects: null);

    public static ConnectionView Of(ClosedConnection closed) => new(
        closed.Id, closed.RemoteEndPoint, closed.Encryption, closed.Options, closed.Statistics, closed.Totals,
        PendingBytes: 0, closed.Reason, closed.Subjects.Length, static () => [], closed.Subjects);

    public IEnumerable<string> Subjects => ClosedSubjects ?? OpenSubscriptions().Select(static one => Encoding.UTF8.GetString(one.Subject));

    public DateTimeOffset EndOr(DateTimeOffset now) => Statistics.Stop ?? now;

    public TimeSpan UptimeAt(DateTimeOffset now) => EndOr(now) - Statistics.Start;

    public TimeSpan IdleAt(DateTimeOffset now) => EndOr(now) - Statistics.LastActivity;
}
