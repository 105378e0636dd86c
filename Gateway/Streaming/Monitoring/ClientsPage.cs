using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary><c>/streaming/clientsz</c>: the sessions, or one of them with <c>client=</c>.</summary>
internal sealed class ClientsPage(IMonitoringGrain monitoring, PageHead head)
{
    public Task AnswerAsync(HttpContext context)
    {
        var query = PageQuery.Parse(context.Request.Query);
        return PageQuery.Text(context.Request.Query, "client") is { } client
            ? AnswerOneAsync(context, client, query.WithSubscriptions)
            : AnswerListAsync(context, query);
    }

    private async Task AnswerOneAsync(HttpContext context, string client, bool withSubscriptions)
    {
        var figures = await monitoring.GetClientAsync(new ClientId(client), withSubscriptions);
        await (figures is null
            ? StreamingAnswer.NotFoundAsync(context, $"Client {client} not found")
            : StreamingAnswer.PageAsync(context, ClientReport.Of(figures)));
    }

    private async Task AnswerListAsync(HttpContext context, PageQuery query)
    {
        var page = await monitoring.GetClientsAsync(query.Offset, query.Limit, query.WithSubscriptions);
        await StreamingAnswer.PageAsync(context, new ClientsReport
        {
            ClusterId = head.ClusterId,
            ServerId = head.ServerId,
            Now = head.NowText,
            Offset = query.Offset,
            Limit = query.Limit,
            Count = page.Items.Count,
            Total = page.Total,
            Clients = [.. page.Items.Select(ClientReport.Of)],
            Unanswered = PageHead.OrNull(page.Unanswered),
        });
    }
}
