using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary><c>/streaming/channelsz</c>: the channels by name, in full with <c>subs=1</c>, or one of them with <c>channel=</c>.</summary>
internal sealed class ChannelsPage(IMonitoringGrain monitoring, PageHead head)
{
    public Task AnswerAsync(HttpContext context)
    {
        var query = PageQuery.Parse(context.Request.Query);
        if (PageQuery.Text(context.Request.Query, "channel") is { } channel)
        {
            return AnswerOneAsync(context, channel, query.WithSubscriptions);
        }

        return query.WithSubscriptions ? AnswerListAsync(context, query) : AnswerNamesAsync(context, query);
    }

    private async Task AnswerOneAsync(HttpContext context, string channel, bool withSubscriptions)
    {
        var figures = await monitoring.GetChannelAsync(new ChannelName(channel), withSubscriptions);
        await (figures is null
            ? StreamingAnswer.NotFoundAsync(context, $"Channel {channel} not found")
            : StreamingAnswer.PageAsync(context, ChannelReport.Of(figures)));
    }

    private async Task AnswerListAsync(HttpContext context, PageQuery query)
    {
        var page = await monitoring.GetChannelsAsync(query.Offset, query.Limit);
        await StreamingAnswer.PageAsync(context, Head(query, page.Items.Count, page.Total) with
        {
            Channels = page.Items.Count == 0 ? null : [.. page.Items.Select(ChannelReport.Of)],
            Unanswered = PageHead.OrNull(page.Unanswered),
        });
    }

    private async Task AnswerNamesAsync(HttpContext context, PageQuery query)
    {
        var page = await monitoring.GetChannelNamesAsync(query.Offset, query.Limit);
        await StreamingAnswer.PageAsync(context, Head(query, page.Items.Count, page.Total) with
        {
            Names = page.Items.Count == 0 ? null : page.Items,
        });
    }

    private ChannelsReport Head(PageQuery query, int count, int total) => new()
    {
        ClusterId = head.ClusterId,
        ServerId = head.ServerId,
        Now = head.NowText,
        Offset = query.Offset,
        Limit = query.Limit,
        Count = count,
        Total = total,
    };
}
