using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary><c>/subsz</c>: figures of the subject tree, and with <c>?subs=1</c> or <c>?test=subject</c> the subscriptions.</summary>
internal sealed class SubszPage(SubjectRouter router, ConnectionRegistry registry, ServerIdentity identity, TimeProvider time)
{
    private const int DefaultLimit = 1024;

    public SubszReport Build(IQueryCollection query)
    {
        string? test = query["test"];
        byte[] testSubject = Encoding.UTF8.GetBytes(test ?? "");
        if (testSubject.Length > 0 && !SubjectRules.IsValidLiteral(testSubject))
        {
            throw new MonitoringQueryException($"invalid test subject, must be valid publish subject: {test}");
        }

        bool withList = query.GetBool("subs");
        int offset = Math.Max(0, query.GetInt("offset"));
        int limit = query.GetInt("limit") is var given && given > 0 ? given : DefaultLimit;
        string? account = query["acc"];

        SubjectTreeStatistics statistics = router.Tree.GetStatistics();
        var report = new SubszReport
        {
            ServerId = identity.Id,
            Now = GoFormat.Time(time.GetUtcNow()),
            NumSubscriptions = statistics.Count,
            NumCache = statistics.CachedCount,
            NumInserts = statistics.InsertCount,
            NumRemoves = statistics.RemoveCount,
            NumMatches = statistics.MatchCount,
            CacheHitRate = statistics.CacheHitRate,
            MaxFanout = statistics.MaxFanOut,
            AvgFanout = statistics.AverageFanOut,
        };
        if (!withList) return report;

        List<SubscriptionReport> all = string.IsNullOrEmpty(account) || account == ConnzPage.Account ? List(testSubject) : [];
        return report with { Total = all.Count, Offset = offset, Limit = limit, SubscriptionsList = [.. all.Skip(offset).Take(limit)] };
    }

    private List<SubscriptionReport> List(byte[] testSubject) =>
    [
        .. registry.Open
            .SelectMany(static connection => connection.Subscriptions.Snapshot())
            .Where(subscription => testSubject.Length == 0 || SubjectRules.Matches(subscription.Subject, testSubject))
            .Select(static subscription => SubscriptionReport.Of(subscription, ConnzPage.Account)),
    ];
}
