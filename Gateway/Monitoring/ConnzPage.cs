using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary><c>/connz</c>: the connections, selected, sorted and paged.</summary>
internal sealed class ConnzPage(ConnectionRegistry registry, ServerIdentity identity, TimeProvider time)
{
    /// <summary>The one account that there is.</summary>
    public const string Account = "$G";

    public ConnzReport Build(IQueryCollection parameters)
    {
        ConnzQuery query = ConnzQuery.Parse(parameters);
        DateTimeOffset now = time.GetUtcNow();
        List<ConnectionView> selected = [.. Select(query)];
        ConnectionView[] page = [.. Sort(selected, query, now).Skip(query.Offset).Take(query.Limit)];
        return new ConnzReport
        {
            ServerId = identity.Id,
            Now = GoFormat.Time(now),
            NumConnections = page.Length,
            Total = selected.Count,
            Offset = query.Offset,
            Limit = query.Limit,
            Connections = [.. page.Select(view => Show(view, query, now))],
        };
    }

    private static ConnectionReport Show(ConnectionView view, ConnzQuery query, DateTimeOffset now)
    {
        ConnectionReport report = ConnectionReport.Of(view, now, query.WithAuth);
        if (query.WithSubjects && view.SubscriptionCount > 0) return report with { SubscriptionsList = [.. view.Subjects] };
        if (!query.WithSubscriptionDetail || view.SubscriptionCount == 0) return report;
        string? account = query.WithAuth ? Account : null;
        return report with { SubscriptionsListDetail = [.. view.OpenSubscriptions().Select(one => SubscriptionReport.Of(one, account))] };
    }

    private IEnumerable<ConnectionView> Select(ConnzQuery query)
    {
        IEnumerable<ConnectionView> all = [];
        if (query.WithOpen) all = registry.Open.Select(static connection => ConnectionView.Of(connection));
        if (query.WithClosed) all = all.Concat(registry.SnapshotClosed().Select(static closed => ConnectionView.Of(closed)));
        if (query.Cid > 0) all = all.Where(view => view.Id.Value == query.Cid);
        if (!string.IsNullOrEmpty(query.User)) all = all.Where(view => view.Options.Login == query.User);
        if (!string.IsNullOrEmpty(query.Account)) all = all.Where(_ => query.Account == Account);
        if (!string.IsNullOrEmpty(query.FilterSubject)) all = all.Where(view => HasInterest(view, query.FilterSubject));
        return all;
    }

    private static bool HasInterest(ConnectionView view, string filter)
    {
        byte[] subject = Encoding.UTF8.GetBytes(filter);
        return view.Subjects.Any(pattern => SubjectRules.Matches(Encoding.UTF8.GetBytes(pattern), subject));
    }

    /// <summary>By identity and start the oldest come first; by everything that counts up, the largest.</summary>
    private static IEnumerable<ConnectionView> Sort(IEnumerable<ConnectionView> views, ConnzQuery query, DateTimeOffset now) => query.Sort switch
    {
        "start" => views.OrderBy(static view => view.Statistics.Start),
        "subs" => views.OrderByDescending(static view => view.SubscriptionCount),
        "pending" => views.OrderByDescending(static view => view.PendingBytes),
        "msgs_to" => views.OrderByDescending(static view => view.Totals.OutMessageCount),
        "msgs_from" => views.OrderByDescending(static view => view.Totals.InMessageCount),
        "bytes_to" => views.OrderByDescending(static view => view.Totals.OutBytes),
        "bytes_from" => views.OrderByDescending(static view => view.Totals.InBytes),
        "last" => views.OrderByDescending(static view => view.Statistics.LastActivity),
        "idle" => views.OrderByDescending(view => view.IdleAt(now)),
        "uptime" => views.OrderByDescending(view => view.UptimeAt(now)),
        "stop" => views.OrderByDescending(view => view.EndOr(now)),
        "reason" => views.OrderBy(static view => view.Reason is { } reason ? ClosedReasons.Text(reason) : "", StringComparer.Ordinal),
        "rtt" => views.OrderByDescending(static view => view.Statistics.RoundTripTime),
        _ => views.OrderBy(static view => view.Id.Value),
    };
}
