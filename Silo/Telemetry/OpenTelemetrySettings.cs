using System.Globalization;
using Bayou.Silo.Configuration;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Telemetry;

/// <summary>
/// What OpenTelemetry is told, under the names of its own variables: it reads them from the host's configuration, so that what was configured
/// here and what stands in the environment mean the same, and the environment comes last as everywhere.
/// </summary>
internal static class OpenTelemetrySettings
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    private const string Prefix = "OTEL_";

    /// <summary>Less than OpenTelemetry's ten seconds, since the last export is part of an orderly stop.</summary>
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(3);

    public static void AddTo(IConfigurationBuilder builder, TelemetryOptions options, ConfigurationEnvironment environment)
    {
        builder.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [Endpoint] = options.Otlp?.OriginalString,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = options.Protocol,
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = Milliseconds(ExportLimit),
            ["OTEL_METRIC_EXPORT_INTERVAL"] = Milliseconds(options.Interval),
        });
        builder.AddInMemoryCollection(
            from variable in environment.Variables
            where variable.Key.StartsWith(Prefix, StringComparison.Ordinal) && variable.Value.Length > 0
            select KeyValuePair.Create(variable.Key, (string?)variable.Value));
    }

    /// <summary>OpenTelemetry was told to do nothing, and has no page then.</summary>
    public static bool IsDisabled(IConfiguration configuration) => string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Somebody is to be sent metrics.</summary>
    public static bool HasCollector(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration[Endpoint]) || !string.IsNullOrEmpty(configuration[MetricsEndpoint]);

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
