using Bayou.Gateway.Monitoring;
using Bayou.Grains.Monitoring;
using Bayou.Silo.Configuration;
using Bayou.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Bayou.Silo.Telemetry;

/// <summary>
/// Metrics for whoever collects them: a page for Prometheus beside the other monitoring pages, and OTLP to a collector that was named.
/// docs/TELEMETRY.md is for operators. The page is OpenTelemetry's own. Its package is a pre-release, since OpenTelemetry's mapping to
/// Prometheus' names is not final; a test holds the names to the document.
/// </summary>
internal static class TelemetryServices
{
    public const string PagePath = "/metrics";

    /// <summary>The meters that are exported. Orleans', Kestrel's and others count per message or connection once somebody listens; these do not.</summary>
    private static readonly string[] Meters = [GatewayMetrics.MeterName, GrainMetrics.MeterName, StorageMetrics.MeterName, "System.Runtime"];

    /// <summary>Adds what exports metrics, as far as there is somebody to export them to.</summary>
    public static void AddTelemetry(this IServiceCollection services, ServerOptions options, IConfiguration configuration)
    {
        services.AddMetrics();
        services.AddSingleton<StorageMetrics>();
        var isScraped = options.Gateway.MonitoringPort is not null;
        var isSent = OpenTelemetrySettings.HasCollector(configuration);
        if ((!isScraped && !isSent) || OpenTelemetrySettings.IsDisabled(configuration))
        {
            return;
        }

        services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, options)).WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (isScraped)
            {
                metrics.AddPrometheusExporter(static page => page.ScrapeResponseCacheDurationMilliseconds = 0);
            }

            if (isSent)
            {
                metrics.AddOtlpExporter();
            }
        });
    }

    /// <summary>Makes the instruments, which tools such as dotnet-counters find whoever else does, and serves the page.</summary>
    public static void MapTelemetry(this WebApplication app, ServerOptions options)
    {
        app.Services.GetRequiredService<GatewayMetrics>();
        app.Services.GetRequiredService<GrainMetrics>();
        app.Services.GetRequiredService<StorageMetrics>();
        if (options.Gateway.MonitoringPort is not null && !OpenTelemetrySettings.IsDisabled(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint(PagePath);
        }
    }

    private static void Describe(ResourceBuilder resource, ServerOptions options)
    {
        var name = options.Gateway.ServerName is { Length: > 0 } server ? server : options.Peers?.NodeId;
        resource.AddService("bayou", serviceVersion: ServerConfiguration.Version, autoGenerateServiceInstanceId: string.IsNullOrEmpty(name), serviceInstanceId: name);

        // Again, as what stands in OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES is to have the last word.
        resource.AddEnvironmentVariableDetector();
    }
}
