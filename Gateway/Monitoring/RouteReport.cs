using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Monitoring;

/// <summary>One route in <c>/routez</c>.</summary>
internal sealed record RouteReport
{
    public ulong Rid { get; init; }
    public required string RemoteId { get; init; }
    public required string RemoteName { get; init; }
    public bool DidSolicit { get; init; }
    public bool IsConfigured { get; init; }
    public required string Ip { get; init; }
    public int Port { get; init; }
    public required string Start { get; init; }
    public required string LastActivity { get; init; }
    public required string Rtt { get; init; }
    public required string Uptime { get; init; }
    public required string Idle { get; init; }
    public long PendingSize { get; init; }
    public long InMsgs { get; init; }
    public long OutMsgs { get; init; }
    public long InBytes { get; init; }
    public long OutBytes { get; init; }
    public int Subscriptions { get; init; }
    public IReadOnlyList<string>? SubscriptionsList { get; init; }
    public IReadOnlyList<SubscriptionReport>? SubscriptionsListDetail { get; init; }

    public static RouteReport Of(RouteConnection route, DateTimeOffset now, bool withSubjects, bool withDetail)
    {
        ConnectionTotals totals = ConnectionTotals.Of(route);
        RouteSubscription[] subscriptions = route.Subscriptions.Snapshot();
        return new RouteReport
        {
            Rid = route.Id.Value,
            RemoteId = route.Peer.ServerId,
            RemoteName = route.Peer.ServerName,
            DidSolicit = route.IsSolicited,
            IsConfigured = route.IsConfigured,
            Ip = route.RemoteEndPoint?.Address.ToString() ?? "",
            Port = route.RemoteEndPoint?.Port ?? 0,
            Start = GoFormat.Time(route.Statistics.Start),
            LastActivity = GoFormat.Time(route.Statistics.LastActivity),
            Rtt = GoFormat.Duration(route.Statistics.RoundTripTime),
            Uptime = GoFormat.Uptime(now - route.Statistics.Start),
            Idle = GoFormat.Uptime(now - route.Statistics.LastActivity),
            PendingSize = route.PendingBytes,
            InMsgs = totals.InMessageCount,
            OutMsgs = totals.OutMessageCount,
            InBytes = totals.InBytes,
            OutBytes = totals.OutBytes,
            Subscriptions = subscriptions.Length,
            SubscriptionsList = withSubjects && subscriptions.Length > 0 ? [.. subscriptions.Select(static one => Encoding.UTF8.GetString(one.Subject))] : null,
            SubscriptionsListDetail = withDetail && subscriptions.Length > 0 ? [.. subscriptions.Select(SubscriptionReport.Of)] : null,
        };
    }
}
