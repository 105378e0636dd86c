using Bayou.Grains.Interfaces;
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
            Type = options.Store == StoreKind.Memory ? "MEMORY" : "FILE",
            Limits = new StoreLimitsReport(await monitoring.GetLimitsAsync()),
            TotalMsgs = totals.Messages,
            TotalBytes = totals.Bytes,
            Unanswered = PageHead.OrNull(totals.Unanswered),
        });
    }
}
