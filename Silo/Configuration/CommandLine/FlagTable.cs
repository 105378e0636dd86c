namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>
/// Every flag of nats-server and nats-streaming-server. A flag is another way to write a setting; the few that are
/// not are constants here. Those without a setting are recognised, so that a command line goes on working, and named at
/// start as being without effect.
/// </summary>
public static class FlagTable
{
    public const string Config = "config";
    public const string StreamingConfig = "stan_config";
    public const string Test = "t";
    public const string Help = "help";
    public const string HelpTls = "help_tls";
    public const string Version = "version";
    public const string Signal = "signal";

    private static readonly Flag[] Server =
    [
        new(["a", "net", "addr"], "host", "Bind to host address (default: 0.0.0.0)", "host"),
        new(["p", "port"], "port", "Use port for clients (default: 4222; -1 for any)", "port"),
        new(["n", "name", "server_name"], "name", "Server name (default: the server's id)", "server_name"),
        new(["P", "pid"], "file", "File to store the process id", "pidfile"),
        new(["m", "http_port"], "port", "Use port for HTTP monitoring (-1 for any)", "http_port"),
        new(["c", Config], "file", "Configuration file"),
        new(["sc", StreamingConfig], "file", "Streaming configuration file; serves both where -c is not given, as -c does"),
        new([Test], null, "Test the configuration and exit"),
        new(["sl", Signal], "command", "Send a signal to a running server: stop, quit, term, reopen, reload or ldm, perhaps with =<pid> or =<pid file>"),
        new(["tls"], null, "Clients must use TLS; needs a certificate", "tls:enabled") { Expand = static isOn => isOn == "true" ? [("tls:enabled", isOn)] : [] },
        new(["tlscert"], "file", "Server certificate file, PEM", "tls:cert_file"),
        new(["tlskey"], "file", "Private key of the server certificate, PEM", "tls:key_file"),
        new(["tlsverify"], null, "Clients must use TLS and have a certificate", "tls:verify"),
        new(["tlscacert"], "file", "Certificates that clients' certificates must come from (default: those that the system trusts)", "tls:ca_file"),
        new(["client_advertise"], "host:port", "Address to advertise to clients and other servers", "client_advertise"),
    ];

    private static readonly Flag[] Logging =
    [
        new(["l", "log"], "file", "File to redirect log output", "logfile"),
        new(["T", "logtime"], null, "Timestamp log entries (default: true)", "logtime"),
        new(["D", "debug"], null, "Enable debugging output", "debug"),
        new(["V", "trace"], null, "Trace the raw protocol", "trace"),
        new(["DV"], null, "Debug and trace", "debug", "trace"),
        new(["VV"], null, "Verbose trace", "trace_verbose"),
        new(["DVV"], null, "Debug and verbose trace", "debug", "trace_verbose"),
        new(["max_traced_msg_len"], "bytes", "Bytes of a payload that a trace shows, 0 for all (default: 0)", "max_traced_msg_len"),
        new(["SD", "stan_debug"], null, "Enable streaming debugging output", "streaming:sd"),
        new(["SV", "stan_trace"], null, "Trace streaming messages", "streaming:sv"),
        new(["SDV"], null, "Streaming debug and trace", "streaming:sd", "streaming:sv"),
    ];

    private static readonly Flag[] Streaming =
    [
        new(["cid", "cluster_id"], "id", "Cluster id (default: test-cluster)", "streaming:cluster_id"),
        new(["st", "store"], "type", "Store type: FILE or MEMORY (default: FILE)", "streaming:store"),
        new(["dir"], "directory", "Directory of the file store (default: bayou-data)", "streaming:dir"),
        new(["hbi", "hb_interval"], "duration", "Interval of heartbeats to a client (default: 30s)", "streaming:hb_interval"),
        new(["hbt", "hb_timeout"], "duration", "How long a client may take to answer one (default: 10s)", "streaming:hb_timeout"),
        new(["hbf", "hb_fail_count"], "number", "Failed heartbeats before a client is closed (default: 10)", "streaming:hb_fail_count"),
        new(["replace_durable"], null, "Replace an active durable subscription instead of refusing the new one", "streaming:replace_durable"),
    ];

    private static readonly Flag[] Limits =
    [
        new(["mc", "max_channels"], "number", "Max number of channels, 0 for unlimited (default: 100)", "streaming:store_limits:max_channels"),
        new(["msu", "max_subs"], "number", "Max number of subscriptions per channel (default: 1000)", "streaming:store_limits:max_subs"),
        new(["mm", "max_msgs"], "number", "Max number of messages per channel (default: 1000000)", "streaming:store_limits:max_msgs"),
        new(["mb", "max_bytes"], "size", "Max size of the messages of a channel (default: 1024000000)", "streaming:store_limits:max_bytes"),
        new(["ma", "max_age"], "duration", "Max age of a message, 0s for unlimited", "streaming:store_limits:max_age"),
        new(["mi", "max_inactivity"], "duration", "Max time without activity before a channel is deleted", "streaming:store_limits:max_inactivity"),
    ];

    private static readonly Flag[] Authorization =
    [
        new(["user"], "user", "User required for connections", "authorization:user"),
        new(["pass"], "password", "Password required for connections", "authorization:password"),
        new(["auth"], "token", "Authorization token required for connections", "authorization:token"),
    ];

    private static readonly Flag[] Cluster =
    [
        new(["routes"], "urls", "Servers to connect to, separated by commas", "cluster:routes"),
        new(["cluster", "cluster_listen"], "url", "Where to listen for other servers: nats://[user:password@]host:port", "cluster:listen")
        {
            Expand = ExpandClusterUrl,
        },
        new(["cluster_name"], "name", "Cluster name (default: one that the servers agree upon)", "cluster:name"),
        new(["cluster_advertise"], "host:port", "Address to advertise to other servers", "cluster:cluster_advertise"),
        new(["no_advertise"], null, "Do not tell clients and servers where else clients may connect", "cluster:no_advertise"),
        new(["connect_retries"], "number", "Attempts to connect to a server that another one told of (default: 0 more)", "cluster:connect_retries"),
    ];

    private static readonly Flag[] Peers =
    [
        new(["clustered"], null, "Be one of a cluster of streaming servers", "streaming:cluster:clustered"),
        new(["cluster_node_id"], "id", "Name of this server among its peers", "streaming:cluster:node_id"),
        new(["cluster_bootstrap"], null, "Form a cluster alone, for others to join", "streaming:cluster:bootstrap"),
        new(["cluster_peers"], "ids", "Names of the other servers that form the cluster, separated by commas", "streaming:cluster:peers"),
    ];

    private static readonly Flag[] Common =
    [
        new(["h", Help], null, "Show this message"),
        new(["v", Version], null, "Show version"),
        new([HelpTls], null, "TLS help"),
    ];

    private static readonly Flag[] Later =
    [
        new(["ms", "https_port"], "port", "", "https_port"),
        new(["ports_file_dir"], "directory", "", "ports_file_dir"),
        new(["s", "syslog"], null, "", "syslog"),
        new(["r", "remote_syslog"], "address", "", "remote_syslog"),
        new(["log_size_limit"], "size", "", "logfile_size_limit"),
        new(["js", "jetstream"], null, "", "jetstream"),
        new(["sd", "store_dir"], "directory", "", "store_dir"),
        new(["profile"], "port", "", "prof_port"),
        new(["ns", "nats_server"], "url", "", "streaming:nats_server_url"),
        new(["ft_group"], "name", "", "streaming:ft_group"),
        new(["cluster_log_path"], "directory", "", "streaming:cluster:log_path"),
        new(["cluster_log_cache_size"], "number", "", "streaming:cluster:log_cache_size"),
        new(["cluster_log_snapshots"], "number", "", "streaming:cluster:log_snapshots"),
        new(["cluster_trailing_logs"], "number", "", "streaming:cluster:trailing_logs"),
        new(["cluster_sync"], null, "", "streaming:cluster:sync"),
        new(["cluster_raft_logging"], null, "", "streaming:cluster:raft_logging"),
        new(["cluster_proceed_on_restore_failure"], null, "", "streaming:cluster:proceed_on_restore_failure"),
        new(["cluster_allow_add_remove_node"], null, "", "streaming:cluster:allow_add_remove_node"),
        new(["file_compact_enabled"], null, "", "streaming:file:compact"),
        new(["file_compact_frag"], "percent", "", "streaming:file:compact_frag"),
        new(["file_compact_interval"], "seconds", "", "streaming:file:compact_interval"),
        new(["file_compact_min_size"], "size", "", "streaming:file:compact_min_size"),
        new(["file_buffer_size"], "size", "", "streaming:file:buffer_size"),
        new(["file_read_buffer_size"], "size", "", "streaming:file:read_buffer_size"),
        new(["file_crc"], null, "", "streaming:file:crc"),
        new(["file_crc_poly"], "number", "", "streaming:file:crc_poly"),
        new(["file_sync"], null, "", "streaming:file:sync"),
        new(["file_slice_max_msgs"], "number", "", "streaming:file:slice_max_msgs"),
        new(["file_slice_max_bytes"], "size", "", "streaming:file:slice_max_bytes"),
        new(["file_slice_max_age"], "duration", "", "streaming:file:slice_max_age"),
        new(["file_slice_archive_script"], "file", "", "streaming:file:slice_archive_script"),
        new(["file_fds_limit"], "number", "", "streaming:file:fds_limit"),
        new(["file_parallel_recovery"], "number", "", "streaming:file:parallel_recovery"),
        new(["file_truncate_bad_eof"], null, ""),
        new(["file_auto_sync"], "duration", "", "streaming:file:auto_sync"),
        new(["sql_driver"], "name", "", "streaming:sql:driver"),
        new(["sql_source"], "source", "", "streaming:sql:source"),
        new(["sql_no_caching"], null, "", "streaming:sql:no_caching"),
        new(["sql_max_open_conns"], "number", "", "streaming:sql:max_open_conns"),
        new(["sql_bulk_insert_limit"], "number", "", "streaming:sql:bulk_insert_limit"),
        new(["encrypt"], null, "", "streaming:encrypt"),
        new(["encryption_cipher"], "name", "", "streaming:encryption_cipher"),
        new(["encryption_key"], "key", "", "streaming:encryption_key"),
        new(["secure"], null, "", "streaming:secure"),
        new(["tls_client_cert"], "file", "", "streaming:tls:client_cert"),
        new(["tls_client_key"], "file", "", "streaming:tls:client_key"),
        new(["tls_client_cacert"], "file", "", "streaming:tls:client_ca"),
        new(["syslog_name"], "name", "", "streaming:syslog_name"),
        new(["io_batch_size"], "number", ""),
        new(["io_sleep_time"], "microseconds", ""),
    ];

    /// <summary>Every flag, in the order of the help.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        .. In(FlagGroup.Server, Server), .. In(FlagGroup.Logging, Logging), .. In(FlagGroup.Streaming, Streaming),
        .. In(FlagGroup.Limits, Limits), .. In(FlagGroup.Authorization, Authorization), .. In(FlagGroup.Cluster, Cluster),
        .. In(FlagGroup.Cluster, Peers),
        .. In(FlagGroup.Common, Common),
        .. In(FlagGroup.Later, Later),
    ];

    private static readonly Dictionary<string, Flag> ByName =
        All.SelectMany(flag => flag.Names.Select(name => (name, flag))).ToDictionary(pair => pair.name, pair => pair.flag, StringComparer.Ordinal);

    /// <summary>The flag of this name, without dashes; null where there is none.</summary>
    public static Flag? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What is no URL is left as it is, for the setting to take or to refuse.</summary>
    private static IEnumerable<(string Setting, string Value)> ExpandClusterUrl(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
            return [("cluster:listen", text)];

        // A port of -1, for any, is more than a URI can hold.
        var login = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        var at = login.LastIndexOf('@');
        var listen = ("cluster:listen", login[(at + 1)..]);
        if (at < 0)
            return [listen];
        var parts = login[..at].Split(':', 2);
        return
        [
            listen,
            ("cluster:authorization:user", Uri.UnescapeDataString(parts[0])),
            ("cluster:authorization:password", Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "")),
        ];
    }

    private static IEnumerable<Flag> In(FlagGroup group, IEnumerable<Flag> flags) => flags.Select(flag => flag with { Group = group });
}
