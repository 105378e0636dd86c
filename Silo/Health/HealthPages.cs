using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Health;

/// <summary>
/// What orchestrators probe, each with a URL of its own; <c>/healthz</c> stays as nats-server has it. A probe that fails is answered by 503.
/// </summary>
internal static class HealthPages
{
    private const string Startup = "startup";
    private const string Readiness = "readiness";

    public static void AddHealthPages(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<StartupCheck>(nameof(StartupCheck), tags: [Startup])
            .AddCheck<ReadinessCheck>(nameof(ReadinessCheck), tags: [Readiness]);

        // It would report every probe of a server that starts, or waits for its cluster, as an error.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical));
    }

    public static void MapHealthPages(this IEndpointRouteBuilder endpoints)
    {
        // That it is answered is all: a server that waits for its cluster or its disk would not get there sooner by being restarted.
        endpoints.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = static _ => false });
        endpoints.MapHealthChecks("/startupz", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(Startup) });
        endpoints.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(Readiness) });
    }
}
