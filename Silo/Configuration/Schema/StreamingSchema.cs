using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration.Language;
using static Bayou.Silo.Configuration.Schema.OptionType;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>The options of NATS Streaming, as they stand in <c>streaming { }</c>.</summary>
internal static class StreamingSchema
{
    /// <summary>The keys of <c>tls { }</c>: how the streaming server reaches an external NATS server.</summary>
    public static readonly OptionSchema<ServerOptions> Tls = new(
        NotYet("client_cert", OptionType.String),
        NotYet("client_key", OptionType.String),
        NotYet("client_ca", OptionType.String).Or("client_cacert"),
        NotYet("server_name", OptionType.String).Or("server_hostname"),
        NotYet("skip_verify", OptionType.Boolean).Or("insecure"));

    /// <summary>The keys of <c>cluster { }</c>.</summary>
    public static readonly OptionSchema<ServerOptions> Cluster = new(
        Option.Boolean<ServerOptions>("clustered", (o, value) => value ? SetPeers(o, static peers => peers) : o),
        Option.String<ServerOptions>("node_id", (o, value) => SetPeers(o, peers => peers with { NodeId = value })),
        Option.Boolean<ServerOptions>("bootstrap", (o, value) => SetPeers(o, peers => peers with { Bootstrap = value })),
        Option.Checked<ServerOptions>("peers", Strings, (o, value, _, _) => SetPeers(o, peers => peers with { Peers = (IReadOnlyList<string>)value })),
        NotYet("log_path", OptionType.String),
        NotYet("log_cache_size", OptionType.Integer),
        NotYet("log_snapshots", OptionType.Integer),
        NotYet("trailing_logs", OptionType.Integer),
        AlwaysOn("sync"),
        NotYet("raft_logging", OptionType.Boolean),
        NotYet("raft_heartbeat_timeout", OptionType.Duration),
        NotYet("raft_election_timeout", OptionType.Duration),
        NotYet("raft_lease_timeout", OptionType.Duration),
        NotYet("raft_commit_timeout", OptionType.Duration),
        NotYet("proceed_on_restore_failure", OptionType.Boolean),
        NotYet("allow_add_remove_node", OptionType.Boolean),
        NotYet("bolt_free_list_sync", OptionType.Boolean),
        NotYet("bolt_free_list_map", OptionType.Boolean),
        NotYet("nodes_connections", OptionType.Boolean));

    private static readonly OptionSchema<ServerOptions> File = new(
        NotYet("compact", OptionType.Boolean).Or("compact_enabled"),
        NotYet("compact_frag", OptionType.Integer).Or("compact_fragmentation"),
        NotYet("compact_interval", OptionType.Integer),
        NotYet("compact_min_size", OptionType.Integer),
        NotYet("buffer_size", OptionType.Integer),
        AlwaysOn("crc").Or("do_crc"),
        NotYet("crc_poly", OptionType.Integer),
        AlwaysOn("sync").Or("do_sync", "sync_on_flush"),
        NotYet("slice_max_msgs", OptionType.Integer).Or("slice_max_count", "slice_msgs", "slice_count"),
        NotYet("slice_max_bytes", OptionType.Integer).Or("slice_max_size", "slice_bytes", "slice_size"),
        NotYet("slice_max_age", OptionType.Duration).Or("slice_age", "slice_max_time", "slice_time_limit"),
        NotYet("slice_archive_script", OptionType.String).Or("slice_archive", "slice_script"),
        NotYet("fds_limit", OptionType.Integer).Or("file_descriptors_limit"),
        NotYet("parallel_recovery", OptionType.Integer),
        NotYet("read_buffer_size", OptionType.Integer).Or("file_read_buffer_size"),
        NotYet("auto_sync", OptionType.Duration).Or("file_auto_sync"),
        NotYet("record_size_limit", OptionType.Integer));

    private static readonly OptionSchema<ServerOptions> Sql = new(
        NotYet("driver", OptionType.String),
        NotYet("source", OptionType.String),
        NotYet("no_caching", OptionType.Boolean),
        NotYet("max_open_conns", OptionType.Integer).Or("max_conns"),
        NotYet("bulk_insert_limit", OptionType.Integer));

    public static readonly OptionSchema<ServerOptions> Root = new(
        Set<string>("cluster_id", Option.String, (s, value) => s with { ClusterId = value }).Or("id", "cid"),
        Set<string>("discover_prefix", Option.String, (s, value) => s with { DiscoverPrefix = value }),
        Option.Checked<ServerOptions>("store", OptionType.String, SetStore).Or("st", "store_type", "storetype"),
        Set<string>("dir", Option.String, (s, value) => s with { Directory = value }).Or("datastore"),
        Option.Boolean<ServerOptions>("sd", SetDebug).Or("stan_debug"),
        Option.Boolean<ServerOptions>("sv", SetTrace).Or("stan_trace"),
        Option.Unavailable<ServerOptions>("nats_server_url", "this server is a NATS server itself, and joins others by the routes of a cluster block")
            .Or("ns", "nats_server"),
        NotYet("credentials", OptionType.String),
        NotYet("username", OptionType.String).Or("user"),
        NotYet("password", OptionType.String).Or("pass"),
        NotYet("token", OptionType.String),
        NotYet("nkey_seed_file", OptionType.String),
        NotYet("secure", OptionType.Boolean),
        Option.Block("tls", Tls),
        Option.Block("store_limits", StoreLimitsSchema.Root).Or("limits", "storelimits"),
        Option.Block("file", File).Or("file_options"),
        Option.Block("sql", Sql).Or("sql_options"),
        Set<TimeSpan>("hb_interval", Option.Duration, (s, value) => s with { HeartbeatInterval = value }).Or("hbi", "server_to_client_hb_interval"),
        Set<TimeSpan>("hb_timeout", Option.Duration, (s, value) => s with { HeartbeatTimeout = value }).Or("hbt", "server_to_client_hb_timeout"),
        Set<int>("hb_fail_count", Option.Int32, (s, value) => s with { HeartbeatFailCount = value }).Or("hbf", "server_to_client_hb_fail_count").Within(0, int.MaxValue),
        Option.Unavailable<ServerOptions>("ft_group", "there is no fault tolerance mode; servers that stand in for each other are a cluster, by a cluster block in streaming")
            .Or("ft_group_name"),
        Set<bool>("partitioning", Option.Boolean, (s, value) => s with { IsPartitioned = value }),
        Option.Block<ServerOptions>("cluster", Cluster, ReadCluster),
        Refused("encrypt", OptionType.Boolean),
        Refused("encryption_cipher", OptionType.String),
        Refused("encryption_key", OptionType.String),
        NotYet("syslog_name", OptionType.String),
        Set<bool>("replace_durable", Option.Boolean, (s, value) => s with { ReplaceDurable = value })
            .Or("replace_durables", "replace_duplicate_durable", "replace_duplicate_durables"));

    private static ServerOptions SetStore(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        switch (((string)value).ToUpperInvariant())
        {
            case "FILE":
                return options with { Streaming = options.Streaming with { Store = StoreKind.File } };
            case "MEMORY":
                return options with { Streaming = options.Streaming with { Store = StoreKind.Memory } };
            case "SQL":
                reader.AddError(entry, "the store type SQL is not available yet; use FILE or MEMORY");
                return options;
            default:
                reader.AddError(entry, $"unknown store type: {value}");
                return options;
        }
    }

    /// <summary>The block alone, even an empty one, makes the server one of a cluster.</summary>
    private static ServerOptions ReadCluster(ServerOptions options, ConfigEntry entry, SchemaReader reader) =>
        reader.ReadBlock(Cluster, entry, "cluster", SetPeers(options, static peers => peers));

    private static ServerOptions SetPeers(ServerOptions options, Func<PeerOptions, PeerOptions> set) =>
        options with { Peers = set(options.Peers ?? new PeerOptions()) };

    private static ServerOptions SetDebug(ServerOptions options, bool value) => options with
    {
        Streaming = options.Streaming with { Debug = value },
        Logging = options.Logging with { StreamingDebug = value },
    };

    private static ServerOptions SetTrace(ServerOptions options, bool value) => options with
    {
        Streaming = options.Streaming with { Trace = value },
        Logging = options.Logging with { StreamingTrace = value },
    };

    /// <summary>A switch for something that this server always does.</summary>
    private static ConfigOption<ServerOptions> AlwaysOn(string name) => Option.Checked<ServerOptions>(name, OptionType.Boolean, (o, value, entry, reader) =>
    {
        if (value is false)
            reader.Report.AddWarning(entry.Origin, $"{entry.Key}: false has no effect: every record is checksummed, and fsynced before it is acknowledged");
        return o;
    });

    private static ConfigOption<ServerOptions> Set<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<StreamingOptions, TValue, StreamingOptions> set) =>
        make(name, (o, value) => o with { Streaming = set(o.Streaming, value) });

    private static ConfigOption<ServerOptions> NotYet(string name, OptionType type = Any) => Option.NotYet<ServerOptions>(name, type);

    private static ConfigOption<ServerOptions> Refused(string name, OptionType type = Any) => Option.Refused<ServerOptions>(name, type);
}
