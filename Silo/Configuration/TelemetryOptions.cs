namespace Bayou.Silo.Configuration;

/// <summary>Where metrics are sent (<c>bayou { telemetry { } }</c>). The standard variables <c>OTEL_*</c> come before all of it.</summary>
public sealed record TelemetryOptions
{
    /// <summary>URL of a collector that takes OTLP, such as <c>http://host:4317</c> (<c>otlp</c>). Default null: nothing is sent.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>How the collector is spoken to: <c>grpc</c> or <c>http/protobuf</c> (<c>protocol</c>). Default <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "grpc";

    /// <summary>How often metrics are sent (<c>interval</c>). Default 15 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);
}
