using System.Buffers;
using System.Net;
using Bayou.Gateway;
using Bayou.Gateway.Administration;
using Bayou.Gateway.Tls;
using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration;

/// <summary>The rules that concern more than one setting, or a setting's meaning rather than its type.</summary>
internal sealed class OptionsValidator(ConfigReport report)
{
    private static readonly SearchValues<char> NotInSubjects = SearchValues.Create(" \t\r\n");

    /// <summary>Checks every rule; what is broken goes to the report.</summary>
    public void Validate(ServerOptions options)
    {
        ValidateGateway(options.Gateway);
        ValidateCluster(options);
        ValidateStreaming(options.Streaming);
        ValidatePeers(options);
        ValidateLimits(options.Streaming);
        ValidatePartitioning(options);
        ValidateTelemetry(options.Telemetry);
    }

    private void ValidateGateway(GatewayOptions gateway)
    {
        if (gateway.MaxPayloadBytes > gateway.MaxPendingBytes)
            Add("max_payload", $"max_payload ({gateway.MaxPayloadBytes}) cannot be higher than max_pending ({gateway.MaxPendingBytes})");
        if (gateway.MonitoringPort is { } monitoring and not 0 && monitoring == gateway.Port)
            Add("http_port", $"the client port and the monitoring port are both {monitoring}");
        if (gateway.LameDuckGracePeriod >= gateway.LameDuckDuration)
        {
            Add(
                "lame_duck_grace_period",
                $"lame duck grace period ({GoDuration.Format(gateway.LameDuckGracePeriod)}) should be strictly lower than lame duck duration ({GoDuration.Format(gateway.LameDuckDuration)})");
        }

        if (gateway.AllowRemoteAdministration)
            RequireAdministrator("bayou.remote_admin", "remote_admin", gateway);
        if (gateway.Dashboard is { } dashboard && !IPAddress.IsLoopback(dashboard.Address))
            RequireAdministrator("bayou.dashboard", $"a dashboard on {dashboard.Address}", gateway);
        if (gateway.Tls is { } tls)
            ValidateTls(tls);
        RequirePositive("ping_interval", gateway.PingInterval);
        RequirePositive("write_deadline", gateway.WriteDeadline);
        RequirePositive("authorization.timeout", gateway.AuthTimeout);
    }

    private void ValidateTls(TlsOptions tls)
    {
        RequirePositive("tls.timeout", tls.Timeout);
        if (tls.CertificateFile.Length == 0)
            Add("tls", "missing 'cert_file' in TLS configuration");
        if (tls.KeyFile.Length == 0)
            Add("tls", "missing 'key_file' in TLS configuration");
        if (tls.CertificateFile.Length == 0 || tls.KeyFile.Length == 0)
            return;
        try
        {
            TlsCertificates.Load(tls);
        }
        catch (InvalidDataException e)
        {
            Add("tls", e.Message);
        }
    }

    private void RequireAdministrator(string path, string what, GatewayOptions gateway)
    {
        if (AdministratorCredentials.AnybodyHas(gateway))
            return;
        Add(path, gateway.IsLoginRequired
            ? $"{what} needs a user without restrictions in authorization {{ users }}: only such a user is an administrator"
            : $"{what} needs an authorization block: its user or token is what administrators give");
    }

    private void ValidateCluster(ServerOptions options)
    {
        if (options.Cluster.Routes.Count > 0 && options.ClusterPort is null)
        {
            var origin = report.OriginOf("cluster.routes");
            if (origin.Source.StartsWith("flag ", StringComparison.Ordinal))
                report.AddError(origin, "solicited routes require cluster capabilities, e.g. --cluster");
            else
                report.AddWarning(origin, "routes have no effect in a cluster block without listen or port");
        }

        if (options.ClusterPort is { } port and not 0 && (port == options.Gateway.Port || port == options.Gateway.MonitoringPort))
            Add("cluster.port", $"the cluster port {port} is taken by the client port or the monitoring port");
        RequirePositive("cluster.authorization.timeout", options.Cluster.AuthTimeout);
    }

    private void ValidateStreaming(StreamingOptions streaming)
    {
        if (streaming.ClusterId.Length == 0)
            Add("streaming.cluster_id", "cluster_id cannot be empty");
        else if (!IsLiteralSubject(streaming.ClusterId))
            Add("streaming.cluster_id", $"cluster_id \"{streaming.ClusterId}\" cannot be part of a subject");
        if (!IsLiteralSubject(streaming.DiscoverPrefix))
            Add("streaming.discover_prefix", $"discover_prefix \"{streaming.DiscoverPrefix}\" is not a literal subject");
        if (streaming.Store == StoreKind.File && streaming.Directory.Length == 0)
            Add("streaming.dir", "a FILE store needs a directory: dir cannot be empty");
        RequirePositive("streaming.hb_interval", streaming.HeartbeatInterval);
        RequirePositive("streaming.hb_timeout", streaming.HeartbeatTimeout);
        RequirePositive("bayou.request_timeout", streaming.RequestTimeout);
        RequirePositive("bayou.majority_timeout", streaming.MajorityTimeout);
    }

    private void ValidatePeers(ServerOptions options)
    {
        if (options.Replicas % 2 == 0)
            Add("bayou.replicas", $"replicas must be 1, 3 or 5, not {options.Replicas}: an even number fails as soon as the odd one below it");
        if (options.Peers is not { } peers)
            return;
        if (options.Streaming.Store == StoreKind.Memory)
            Add("streaming.store", "clustering mode not supported with MEMORY store type");
        if (peers.NodeId.Length == 0 && peers.Peers.Count > 0)
            Add("streaming.cluster", "a cluster with peers needs a node_id: it is how they know this server");
        else if (peers.NodeId.Length > byte.MaxValue)
            Add("streaming.cluster.node_id", $"node_id cannot be longer than {byte.MaxValue} characters");
        if (peers.Peers.GroupBy(peer => peer, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            Add("streaming.cluster.peers", $"peer \"{twice.Key}\" is named twice");
        if (peers.Peers.Any(peer => peer.Length == 0))
            Add("streaming.cluster.peers", "a peer cannot have an empty name");
        if (peers.Bootstrap && peers.Peers.Count > 0)
            Add("streaming.cluster.bootstrap", "bootstrap and peers exclude each other: with peers the cluster forms when all of them are there");
        if (options.Gateway.Cluster is null && peers.Peers.Count > 0)
            Add("streaming.cluster.peers", "peers can only be reached over routes: a cluster block with listen and routes is missing beside streaming");
    }

    private void ValidateLimits(StreamingOptions streaming)
    {
        RequireNotNegative("streaming.store_limits.max_age", streaming.Limits.MaxAge);
        RequireNotNegative("streaming.store_limits.max_inactivity", streaming.Limits.MaxInactivity);
        foreach (var name in streaming.ChannelLimits.Keys.Where(name => !IsChannelName(name, allowWildcards: true)))
            Add($"channels {name}", $"invalid channel name \"{name}\"");
        foreach (var name in streaming.DeliveryPolicies.Keys.Where(name => !IsChannelName(name, allowWildcards: true)))
            Add($"bayou.channels {name}", $"invalid channel name \"{name}\"");

        var literals = streaming.ChannelLimits.Keys.Count(name => IsChannelName(name, allowWildcards: false));
        if (streaming.MaxChannels > 0 && literals > streaming.MaxChannels)
        {
            Add(
                "streaming.store_limits.channels",
                $"too many channels defined ({literals}). The max channels limit is set to {streaming.MaxChannels}");
        }
    }

    private void ValidatePartitioning(ServerOptions options)
    {
        if (!options.Streaming.IsPartitioned)
            return;
        if (options.Streaming.ChannelLimits.Count == 0)
            Add("streaming.partitioning", "stan: no configured channel");
        if (options.Peers is not null)
            Add("streaming.partitioning", "stan: channels partitioning in clustering mode is not supported");
    }

    /// <summary>What OpenTelemetry can count in milliseconds, and nobody would call a mistake.</summary>
    private void ValidateTelemetry(TelemetryOptions telemetry)
    {
        if (telemetry.Interval < TimeSpan.FromMilliseconds(1) || telemetry.Interval > TimeSpan.FromDays(1))
            Add("bayou.telemetry.interval", $"bayou.telemetry.interval must be between 1ms and 24h, not {GoDuration.Format(telemetry.Interval)}");
    }

    private void RequirePositive(string path, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
            Add(path, $"{path} must be positive, not {GoDuration.Format(value)}");
    }

    private void RequireNotNegative(string path, TimeSpan value)
    {
        if (value < TimeSpan.Zero)
            Add(path, $"{path} cannot be negative, not {GoDuration.Format(value)}");
    }

    private void Add(string path, string message)
    {
        // In a file without a streaming block the streaming keys stand at the top.
        var origin = report.OriginOf(path);
        report.AddError(origin == ConfigOrigin.None ? report.OriginOf(path.Replace("streaming.", "", StringComparison.Ordinal)) : origin, message);
    }

    private static bool IsLiteralSubject(string text) =>
        IsChannelName(text, allowWildcards: false) && !text.AsSpan().ContainsAny(NotInSubjects);

    /// <summary>The rule of NATS Streaming: tokens between dots, no slash; a wildcard is a token of its own, '>' the last.</summary>
    private static bool IsChannelName(string name, bool allowWildcards) =>
        ChannelPattern.IsValid(name) && !name.Contains('/', StringComparison.Ordinal) && (allowWildcards || !name.AsSpan().ContainsAny('*', '>'));
}
