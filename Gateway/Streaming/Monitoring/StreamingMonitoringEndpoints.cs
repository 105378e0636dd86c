using Bayou.Grains.Interfaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The pages under <c>/streaming</c> on the monitoring port.</summary>
public static class StreamingMonitoringEndpoints
{
    /// <summary>
    /// Maps <c>/streaming</c>, <c>/streaming/serverz</c>, <c>storez</c>, <c>clientsz</c>, <c>channelsz</c> and <c>isFTActive</c>
    /// as NATS Streaming has them. Paths are exact, which ASP.NET's routing is not about case and a last slash; so everything
    /// below <c>/streaming</c> goes to one place that compares them itself.
    /// </summary>
    public static IEndpointRouteBuilder MapStreamingMonitoring(this IEndpointRouteBuilder endpoints)
    {
        var monitoring = endpoints.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IMonitoringGrain>(0);
        var pages = ActivatorUtilities.CreateInstance<StreamingPages>(endpoints.ServiceProvider, monitoring);
        endpoints.Map("/streaming/{**page}", pages.AnswerAsync);
        return endpoints;
    }
}
