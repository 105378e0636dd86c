using Bayou.Silo.Configuration;
using Bayou.Silo.Telemetry;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary>What OpenTelemetry finds in the host's configuration.</summary>
public sealed class OpenTelemetrySettingsTests
{
    private const string Configured = "bayou { telemetry { otlp: 'http://file:4318', protocol: 'http/protobuf', interval: '1500ms' } }";

    [Fact]
    public void WithoutAWord_NothingIsSent()
    {
        var result = LoadText("");

        Valid(result);
        Assert.False(OpenTelemetrySettings.HasCollector(result.Configuration));
    }

    [Fact]
    public void Keys_BecomeOpenTelemetrysVariables()
    {
        var configuration = LoadText(Configured).Configuration;

        Assert.True(OpenTelemetrySettings.HasCollector(configuration));
        Assert.Equal(
            ("http://file:4318", "http/protobuf", "1500"),
            (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], configuration["OTEL_EXPORTER_OTLP_PROTOCOL"], configuration["OTEL_METRIC_EXPORT_INTERVAL"]));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")]
    public void AVariableAlone_NamesACollector(string name)
    {
        var configuration = ServerConfiguration.Load([], With().AndVariables((name, "http://variable:4317"))).Configuration;

        Assert.True(OpenTelemetrySettings.HasCollector(configuration));
    }

    [Fact]
    public void Variables_ComeBeforeTheFile()
    {
        var environment = With(("bayou.conf", Configured)).AndVariables(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://variable:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_METRIC_EXPORT_INTERVAL", ""), ("HOME", "x"));
        var configuration = ServerConfiguration.Load(["-c", "bayou.conf"], environment).Configuration;

        Assert.Equal(
            ("http://variable:4317", "grpc", "1500", null),
            (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], configuration["OTEL_EXPORTER_OTLP_PROTOCOL"], configuration["OTEL_METRIC_EXPORT_INTERVAL"], configuration["HOME"]));
    }

    [Theory]
    [InlineData("otlp: 'collector:4317'", "otlp is expected to be a URL such as \"http://host:4317\", not \"collector:4317\"")]
    [InlineData("otlp: '/metrics'", "otlp is expected to be a URL such as \"http://host:4317\", not \"/metrics\"")]
    [InlineData("protocol: json", "protocol must be grpc or http/protobuf, not \"json\"")]
    [InlineData("interval: '0s'", "bayou.telemetry.interval must be between 1ms and 24h, not 0s")]
    public void Mistakes_AreErrors(string entry, string message) =>
        Assert.EndsWith(message, Assert.Single(Errors(LoadText($"bayou {{ telemetry {{ {entry} }} }}"))), StringComparison.Ordinal);
}
