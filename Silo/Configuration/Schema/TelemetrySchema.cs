using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>The block <c>bayou { telemetry { } }</c>.</summary>
internal static class TelemetrySchema
{
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    public static readonly OptionSchema<ServerOptions> Keys = new(
        Option.Checked<ServerOptions>("otlp", OptionType.String, SetOtlp),
        Option.Checked<ServerOptions>("protocol", OptionType.String, SetProtocol),
        Option.Duration<ServerOptions>("interval", (o, value) => o with { Telemetry = o.Telemetry with { Interval = value } }));

    /// <summary>An empty text takes back what an earlier layer said.</summary>
    private static ServerOptions SetOtlp(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var text = (string)value;
        Uri? url = null;
        if (text.Length > 0 && !(Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https"))
        {
            reader.AddError(entry, $"{entry.Key} is expected to be a URL such as \"http://host:4317\", not \"{text}\"");
            return options;
        }

        return options with { Telemetry = options.Telemetry with { Otlp = url } };
    }

    private static ServerOptions SetProtocol(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var protocol = (string)value;
        if (!Protocols.Contains(protocol, StringComparer.Ordinal))
        {
            reader.AddError(entry, $"{entry.Key} must be {string.Join(" or ", Protocols)}, not \"{protocol}\"");
            return options;
        }

        return options with { Telemetry = options.Telemetry with { Protocol = protocol } };
    }
}
