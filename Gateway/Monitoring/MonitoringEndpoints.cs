using System.Diagnostics.Metrics;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Monitoring;

/// <summary>The pages that a NATS server has on its monitoring port.</summary>
public static class MonitoringEndpoints
{
    private static readonly (string Path, string Title)[] IndexEntries =
        [("varz", "General"), ("connz", "Connections"), ("routez", "Routes"), ("subsz", "Subscriptions"), ("healthz", "Health probe")];

    /// <summary>Maps <c>/varz</c>, <c>/connz</c>, <c>/routez</c>, <c>/subsz</c>, <c>/healthz</c> and the index; others may map more beside them.</summary>
    public static IEndpointRouteBuilder MapMonitoring(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/varz", static context => MonitoringAnswer.Json(context, Get<VarzPage>(context).Build()));
        Map(endpoints, "/connz", static context => MonitoringAnswer.Json(context, Get<ConnzPage>(context).Build(context.Request.Query)));
        Map(endpoints, "/routez", static context => MonitoringAnswer.Json(context, Get<RoutezPage>(context).Build(context.Request.Query)));
        Map(endpoints, "/subsz", static context => MonitoringAnswer.Json(context, Get<SubszPage>(context).Build(context.Request.Query)));
        Map(endpoints, "/subscriptionsz", static context => MonitoringAnswer.Json(context, Get<SubszPage>(context).Build(context.Request.Query)));
        Map(endpoints, "/healthz", static context => MonitoringAnswer.Text(context, """{"status":"ok"}"""));
        Map(endpoints, "/", static _ => Results.Text(IndexPage(), "text/html", Encoding.UTF8));
        return endpoints;
    }

    internal static void AddMonitoringPages(this IServiceCollection services)
    {
        services.AddSingleton<RequestCounter>();
        services.AddSingleton<CpuUsage>();
        services.AddSingleton(static provider => new VarzPage(
            provider.GetRequiredService<CurrentSettings>(),
            provider.GetRequiredService<ServerIdentity>(),
            provider.GetRequiredService<GatewayEndpoints>(),
            provider.GetRequiredService<ConnectionRegistry>(),
            provider.GetRequiredService<SubjectRouter>(),
            provider.GetRequiredService<ClientUrls>(),
            provider.GetService<RouteMesh>(),
            provider.GetRequiredService<RequestCounter>(),
            provider.GetRequiredService<CpuUsage>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new RoutezPage(
            provider.GetService<RouteMesh>(), provider.GetRequiredService<ServerIdentity>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new GatewayMetrics(
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ConnectionRegistry>(),
            provider.GetRequiredService<SubjectRouter>(),
            provider.GetService<RouteMesh>(),
            provider.GetService<StreamingGateway>(),
            provider.GetRequiredService<ServerIdentity>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConnzPage>();
        services.AddSingleton<SubszPage>();
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, IResult> answer) =>
        endpoints.MapGet(path, context =>
        {
            Get<RequestCounter>(context).Count(path);
            return Answer(context, answer).ExecuteAsync(context);
        });

    private static IResult Answer(HttpContext context, Func<HttpContext, IResult> answer)
    {
        try
        {
            return answer(context);
        }
        catch (MonitoringQueryException e)
        {
            return MonitoringAnswer.BadRequest(e.Message);
        }
    }

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    private static string IndexPage()
    {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><title>Bayou</title></head><body><h1>Bayou ");
        page.Append(ServerIdentity.BayouVersion).Append("</h1><ul>");
        foreach ((string path, string title) in IndexEntries) page.Append("<li><a href=\"./").Append(path).Append("\">").Append(title).Append("</a></li>");
        return page.Append("</ul></body></html>").ToString();
    }
}
