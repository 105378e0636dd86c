using Bayou.Gateway;
using Bayou.Silo.Configuration.Language;
using Bayou.Silo.Logging;
using static Bayou.Silo.Configuration.Schema.OptionType;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>
/// nats-server's options. Where a number of 0 means "the default" there, it does here; where -1 means "any port" or
/// "no limit", it does here.
/// </summary>
internal static class NatsSchema
{
    private const long NoLimit = -1;

    private static readonly TimeSpan ShortestLameDuck = TimeSpan.FromSeconds(30);

    private static readonly GatewayOptions Default = new();

    /// <summary>The whole table, with the given keys inside <c>cluster</c> and <c>tls</c>.</summary>
    public static OptionSchema<ServerOptions> Create(OptionSchema<ServerOptions> cluster, OptionSchema<ServerOptions> tls) => new(
        [.. Listening, .. Limits, .. Logging, AuthorizationSchema.Authorization, .. Protection, .. Later, Option.Block("cluster", cluster), TlsSchema.Block(tls)]);

    private static ConfigOption<ServerOptions>[] Listening =>
    [
        Option.Checked<ServerOptions>("listen", Address, SetListen),
        Option.Checked<ServerOptions>("host", OptionType.String, (o, value, entry, reader) => SetHost(o, (string)value, entry, reader)).Or("net"),
        Gateway<int>("port", Option.Int32, (g, value) => g with { Port = ClientPort(value) }).Within(-1, 65535),
        Gateway<string>("server_name", Option.String, (g, value) => g with { ServerName = value.Length == 0 ? null : value }),
        Gateway<string>("client_advertise", Option.String, (g, value) => g with { ClientAdvertise = value.Length == 0 ? null : value }),
        Option.Checked<ServerOptions>("http", Address, SetMonitoring),
        Gateway<int>("http_port", Option.Int32, (g, value) => g with { MonitoringPort = MonitoringPort(value) }).Or("monitor_port").Within(-1, 65535),
        Option.String<ServerOptions>("pidfile", (o, value) => o with { PidFile = value.Length == 0 ? null : value }).Or("pid_file"),
    ];

    private static ConfigOption<ServerOptions>[] Limits =>
    [
        Gateway<int>("max_control_line", Option.Int32, (g, value) => g with { MaxControlLineBytes = OrDefault(value, Default.MaxControlLineBytes) }).Within(0, int.MaxValue),
        Gateway<int>("max_payload", Option.Int32, (g, value) => g with { MaxPayloadBytes = OrDefault(value, Default.MaxPayloadBytes) }).Within(NoLimit, int.MaxValue),
        Gateway<long>("max_pending", Option.Integer, (g, value) => g with { MaxPendingBytes = value == 0 ? Default.MaxPendingBytes : value }).Within(0, long.MaxValue),
        Gateway<int>("max_connections", Option.Int32, (g, value) => g with { MaxConnections = OrDefault(value, Default.MaxConnections) }).Or("max_conn"),
        Gateway<int>("max_subscriptions", Option.Int32, (g, value) => g with { MaxSubscriptions = Math.Max(value, 0) }).Or("max_subs"),
        Gateway<int>("max_sub_tokens", Option.Int32, (g, value) => g with { MaxSubscriptionTokens = value }).Or("max_subscription_tokens").Within(1, byte.MaxValue),
        Gateway<int>("max_closed_clients", Option.Int32, (g, value) => g with { MaxClosedClients = OrDefault(value, Default.MaxClosedClients) }).Within(0, int.MaxValue),
        Gateway<TimeSpan>("ping_interval", Option.Duration, (g, value) => g with { PingInterval = OrDefault(value, Default.PingInterval) }),
        Gateway<int>("ping_max", Option.Int32, (g, value) => g with { MaxPingsOut = OrDefault(value, Default.MaxPingsOut) }).Within(0, int.MaxValue),
        Option.Checked<ServerOptions>("lame_duck_duration", OptionType.Duration, SetLameDuckDuration),
        Option.Checked<ServerOptions>("lame_duck_grace_period", OptionType.Duration, SetLameDuckGracePeriod),
        Gateway<TimeSpan>("write_deadline", Option.Duration, (g, value) => g with { WriteDeadline = OrDefault(value, Default.WriteDeadline) }),
    ];

    private static ConfigOption<ServerOptions>[] Logging =>
    [
        Log<bool>("debug", Option.Boolean, (l, value) => l with { Debug = value }),
        Option.Boolean<ServerOptions>("trace", SetTrace),
        Option.Checked<ServerOptions>("trace_verbose", OptionType.Boolean, SetTraceVerbose),
        Gateway<int>("max_traced_msg_len", Option.Int32, (g, value) => g with { MaxTracedMessageBytes = Math.Max(value, 0) }),
        Log<bool>("logtime", Option.Boolean, (l, value) => l with { LogTime = value }),
        Log<bool>("logtime_utc", Option.Boolean, (l, value) => l with { LogTimeUtc = value }),
        Log<string>("logfile", Option.String, (l, value) => l with { LogFile = value.Length == 0 ? null : value }).Or("log_file"),
    ];

    /// <summary>What keeps strangers out, and is not there yet.</summary>
    private static ConfigOption<ServerOptions>[] Protection =>
    [
        Refused("accounts", OptionType.Block),
        Refused("operator").Or("operators", "roots", "root", "root_operators", "root_operator"),
        Refused("trusted_keys").Or("trusted"),
    ];

    private static ConfigOption<ServerOptions>[] Later =>
    [
        NotYet("logfile_size_limit", OptionType.Integer).Or("log_size_limit"),
        NotYet("logfile_max_num", OptionType.Integer).Or("log_max_num"),
        NotYet("syslog", OptionType.Boolean),
        NotYet("remote_syslog", OptionType.String),
        NotYet("trace_headers", OptionType.Boolean),
        NotYet("ports_file_dir", OptionType.String),
        NotYet("prof_port", OptionType.Integer),
        NotYet("prof_block_rate", OptionType.Integer),
        NotYet("https", OptionType.Address),
        NotYet("https_port", OptionType.Integer),
        NotYet("http_base_path", OptionType.String),
        NotYet("mappings", OptionType.Block).Or("maps"),
        NotYet("gateway", OptionType.Block),
        NotYet("leafnodes", OptionType.Block).Or("leaf"),
        NotYet("jetstream"),
        NotYet("store_dir", OptionType.String).Or("storedir"),
        NotYet("websocket", OptionType.Block).Or("ws"),
        NotYet("mqtt", OptionType.Block),
        NotYet("allow_non_tls", OptionType.Boolean),
        NotYet("write_timeout", OptionType.String),
        NotYet("no_auth_user", OptionType.String),
        NotYet("system_account", OptionType.String).Or("system"),
        NotYet("no_system_account", OptionType.Boolean).Or("no_system", "no_sys_acc"),
        NotYet("resolver").Or("account_resolver", "accounts_resolver"),
        NotYet("resolver_tls", OptionType.Block),
        NotYet("resolver_preload", OptionType.Block),
        NotYet("resolver_pinned_accounts"),
        NotYet("default_sentinel", OptionType.String),
        NotYet("no_header_support", OptionType.Boolean),
        NotYet("disable_sublist_cache", OptionType.Boolean).Or("no_sublist_cache"),
        NotYet("server_tags"),
        NotYet("server_metadata", OptionType.Block),
        NotYet("default_js_domain", OptionType.Block),
        NotYet("connect_error_reports", OptionType.Integer),
        NotYet("reconnect_error_reports", OptionType.Integer),
        NotYet("no_fast_producer_stall", OptionType.Boolean),
        NotYet("ocsp"),
        NotYet("ocsp_cache"),
        NotYet("feature_flags", OptionType.Block),
        NotYet("proxy_protocol", OptionType.Boolean),
        NotYet("proxies", OptionType.Block),
    ];

    private static ServerOptions SetListen(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var address = (ListenAddress)value;
        options = options with { Gateway = options.Gateway with { Port = ClientPort(address.Port) } };
        return address.Host is null ? options : SetHost(options, address.Host, entry, reader);
    }

    private static ServerOptions SetHost(ServerOptions options, string host, ConfigEntry entry, SchemaReader reader) =>
        reader.ResolveHost(entry, host) is { } address ? options with { Gateway = options.Gateway with { Host = address } } : options;

    private static ServerOptions SetMonitoring(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var address = (ListenAddress)value;
        var host = string.IsNullOrEmpty(address.Host) ? null : reader.ResolveHost(entry, address.Host);
        return options with { Gateway = options.Gateway with { MonitoringPort = MonitoringPort(address.Port), MonitoringHost = host } };
    }

    private static ServerOptions SetLameDuckDuration(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var duration = (TimeSpan)value;
        if (duration < ShortestLameDuck)
            reader.AddError(entry, $"invalid lame_duck_duration of {GoDuration.Format(duration)}, minimum is {ShortestLameDuck.TotalSeconds} seconds");
        return options with { Gateway = options.Gateway with { LameDuckDuration = duration } };
    }

    private static ServerOptions SetLameDuckGracePeriod(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var period = (TimeSpan)value;
        if (period < TimeSpan.Zero)
            reader.AddError(entry, "invalid lame_duck_grace_period, needs to be positive");
        return options with { Gateway = options.Gateway with { LameDuckGracePeriod = period } };
    }

    private static ServerOptions SetTrace(ServerOptions options, bool value) => options with
    {
        Gateway = options.Gateway with { Trace = value },
        Logging = options.Logging with { Trace = value },
    };

    /// <summary>Tracing works; that it also covers the system account does not yet.</summary>
    private static ServerOptions SetTraceVerbose(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        if (value is true)
            reader.AddWithoutEffect(entry);
        return SetTrace(options, value is true);
    }

    private static int ClientPort(int port) => port switch { 0 => Default.Port, -1 => 0, _ => port };

    private static int? MonitoringPort(int port) => port switch { 0 => null, -1 => 0, _ => port };

    private static int OrDefault(int value, int byDefault) => value == 0 ? byDefault : value;

    private static TimeSpan OrDefault(TimeSpan value, TimeSpan byDefault) => value == TimeSpan.Zero ? byDefault : value;

    private static ConfigOption<ServerOptions> Gateway<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<GatewayOptions, TValue, GatewayOptions> set) =>
        make(name, (o, value) => o with { Gateway = set(o.Gateway, value) });

    private static ConfigOption<ServerOptions> Log<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<LoggingOptions, TValue, LoggingOptions> set) =>
        make(name, (o, value) => o with { Logging = set(o.Logging, value) });

    private static ConfigOption<ServerOptions> NotYet(string name, OptionType type = Any) => Option.NotYet<ServerOptions>(name, type);

    private static ConfigOption<ServerOptions> Refused(string name, OptionType type = Any) => Option.Refused<ServerOptions>(name, type);
}
