using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary><c>/streaming/storez</c>: the store, its limits and what it holds.</summary>
internal sealed class StorePage(IMonitoringGrain monitoring, StreamingOptions options, PageHead head)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var totals = await monitoring.GetTotalsAsync();
        await StreamingAnswer.PageAsync(context, new StoreReport
        {
            ClusterId = head.ClusterId,
            ServerId = head.ServerId,
            Now = head.NowText,
            Type = TypeOf(totals),
            Limits = new StoreLimitsReport(await monitoring.GetLimitsAsync()),
            TotalMsgs = totals.Messages,
            TotalBytes = totals.Bytes,
            Unanswered = PageHead.OrNull(totals.Unanswered),
        });
    }

    /// <summary>The store of a server in a cluster has a name of its own, though here it is the same store.</summary>
    private string TypeOf(StreamingTotals totals) =>
        options.Store == StoreKind.Memory ? "MEMORY" : totals.Role is null ? "FILE" : "RAFT_FILE";
}
