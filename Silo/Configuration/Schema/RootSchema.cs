using System.Net;
using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>What may stand at the top of a configuration: nats-server's options, <c>streaming { }</c> and <c>bayou { }</c>.</summary>
internal static class RootSchema
{
    /// <summary>The name of the block that holds the streaming side.</summary>
    public const string Streaming = "streaming";

    private static readonly OptionSchema<ServerOptions> Bayou = new(
        Option.Boolean<ServerOptions>("allow_unprotected", (o, value) => o with { AllowUnprotected = value }),
        Option.Block<ServerOptions>("channels", ChannelPolicySchema.Channel, ChannelPolicySchema.ReadChannels),
        Option.Checked<ServerOptions>("dashboard", OptionType.Address, SetDashboard),
        Option.Checked<ServerOptions>("duplicate_clients", OptionType.String, SetDuplicateClients),
        Option.Int32<ServerOptions>("replicas", (o, value) => o with { Replicas = value }).Within(1, 5),
        Option.Int32<ServerOptions>("peer_port", (o, value) => o with { PeerPort = value }).Within(0, 65535),
        Option.Boolean<ServerOptions>("remote_admin", (o, value) => o with { Gateway = o.Gateway with { AllowRemoteAdministration = value } }),
        Option.Duration<ServerOptions>("request_timeout", (o, value) => o with { Streaming = o.Streaming with { RequestTimeout = value } }),
        Option.Duration<ServerOptions>("majority_timeout", (o, value) => o with { Streaming = o.Streaming with { MajorityTimeout = value } }),
        Option.Duration<ServerOptions>("scrub_interval", (o, value) => o with { ScrubInterval = value }),
        Option.Block("telemetry", TelemetrySchema.Keys),
        Option.NotYet<ServerOptions>("metadata", OptionType.String));

    private static readonly OptionSchema<ServerOptions> Blocks = new(
        Option.Block<ServerOptions>(Streaming, StreamingSchema.Root, ReadStreaming),
        Option.Block("bayou", Bayou));

    /// <summary>The usual top: streaming settings stand in their block.</summary>
    public static readonly OptionSchema<ServerOptions> Root = NatsSchema.Create(ClusterSchema.Keys, TlsSchema.Clients).With(Blocks);

    /// <summary>
    /// The top of a file without a <c>streaming</c> block that serves both sides: streaming settings stand beside
    /// nats-server's. <c>cluster</c> and <c>tls</c>, which both sides know, take the keys of both.
    /// </summary>
    public static readonly OptionSchema<ServerOptions> Shared =
        NatsSchema.Create(ClusterSchema.Keys.With(StreamingSchema.Cluster), TlsSchema.Clients.With(StreamingSchema.Tls))
            .With(Blocks)
            .With(StreamingSchema.Root);

    /// <summary>A streaming configuration file without a <c>streaming</c> block.</summary>
    public static readonly OptionSchema<ServerOptions> StreamingOnly = StreamingSchema.Root;

    /// <summary>A port alone is one of this machine: the pages are not for everybody.</summary>
    private static ServerOptions SetDashboard(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var address = (ListenAddress)value;
        var host = string.IsNullOrEmpty(address.Host) ? IPAddress.Loopback : reader.ResolveHost(entry, address.Host);
        return host is null ? options : options with
        {
            Gateway = options.Gateway with { Dashboard = address.Port == 0 ? null : new IPEndPoint(host, Math.Max(address.Port, 0)) },
        };
    }

    private static ServerOptions SetDuplicateClients(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        DuplicateClients? choice = ((string)value).ToLowerInvariant() switch
        {
            "ask" => DuplicateClients.Ask,
            "replace" => DuplicateClients.Replace,
            _ => null,
        };
        if (choice is null)
            reader.AddError(entry, $"{entry.Key} is ask or replace, not \"{value}\"");
        return options with { Streaming = options.Streaming with { DuplicateClients = choice ?? default } };
    }

    private static ServerOptions ReadStreaming(ServerOptions options, ConfigEntry entry, SchemaReader reader)
    {
        var ignoredBefore = reader.IgnoresUnknown;
        reader.IgnoresUnknown = true;
        options = reader.ReadBlock(StreamingSchema.Root, entry, Streaming, options);
        reader.IgnoresUnknown = ignoredBefore;
        return options;
    }
}
