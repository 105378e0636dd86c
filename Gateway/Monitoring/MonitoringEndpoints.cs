using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Bayou.Gateway.Monitoring;

/// <summary>The pages that a NATS server has on its monitoring port.</summary>
public static class MonitoringEndpoints
{
    public static IEndpointRouteBuilder MapMonitoring(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => "ok");
        return endpoints;
    }
}
