using System.Collections.Frozen;
using Bayou.Gateway.Connections;
using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>Finds the page that a request under <c>/streaming</c> is for, and answers it.</summary>
internal sealed class StreamingPages
{
    private readonly FrozenDictionary<string, Func<HttpContext, Task>> _pages;

    public StreamingPages(
        IMonitoringGrain monitoring,
        StreamingOptions options,
        ServerIdentity identity,
        ConnectionRegistry connections,
        TimeProvider time)
    {
        var head = new PageHead(options, identity, time);
        var server = new ServerPage(monitoring, connections, head);
        var store = new StorePage(monitoring, options, head);
        var clients = new ClientsPage(monitoring, head);
        var channels = new ChannelsPage(monitoring, head);
        _pages = new Dictionary<string, Func<HttpContext, Task>>(StringComparer.Ordinal)
        {
            ["/streaming"] = static context => StreamingAnswer.HtmlAsync(context, IndexPage.Html),
            ["/streaming/serverz"] = server.AnswerAsync,
            ["/streaming/storez"] = store.AnswerAsync,
            ["/streaming/clientsz"] = clients.AnswerAsync,
            ["/streaming/channelsz"] = channels.AnswerAsync,
            ["/streaming/isFTActive"] = AnswerFaultToleranceAsync,
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public async Task AnswerAsync(HttpContext context)
    {
        if (!_pages.TryGetValue(context.Request.Path.Value ?? string.Empty, out var answer))
        {
            await StreamingAnswer.NotFoundAsync(context, "404 page not found");
            return;
        }

        try
        {
            await answer(context);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException && !context.Response.HasStarted)
        {
            // The silo starts, or stops.
            await StreamingAnswer.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "Streaming is not available");
        }
    }

    /// <summary>200 says: the active one of a group of servers on one store. A server that is in no such group never is.</summary>
    private static Task AnswerFaultToleranceAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
