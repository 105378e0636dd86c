using System.Text;
using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Streaming.Monitoring;
using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>Asks for pages as an HTTP client would.</summary>
internal sealed class Browser(IMonitoringGrain monitoring, StreamingOptions? options = null)
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Start);

    /// <summary>The answer to a path with its query.</summary>
    public async Task<(HttpResponse Response, string Body)> GetAsync(string target)
    {
        var pages = new StreamingPages(
            monitoring, options ?? new StreamingOptions(), new ServerIdentity("test", Start), new ConnectionRegistry(maxClosedCount: 0), Time);
        var body = new MemoryStream();
        var (path, query) = target.Split('?', 2) is [var before, var after] ? (before, "?" + after) : (target, string.Empty);
        var context = new DefaultHttpContext { Request = { Path = path, QueryString = new QueryString(query) }, Response = { Body = body } };
        await pages.AnswerAsync(context);
        return (context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }
}
