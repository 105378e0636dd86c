using System.Collections;
using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration;
using Bayou.Silo.Configuration.Schema;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary>Every key under every name, and what it sets.</summary>
public sealed class OptionKeyTests
{
    public static TheoryData<string, string, string, string> EffectiveKeys => Rows(
        ("{0}: '127.0.0.1:4333'", "listen", "Gateway.Port=4333"),
        ("{0}: '127.0.0.1:4333'", "listen", "Gateway.Host=127.0.0.1"),
        ("{0}: 4333", "listen", "Gateway.Port=4333"),
        ("{0}: 127.0.0.1", "host net", "Gateway.Host=127.0.0.1"),
        ("{0}: known.host", "host net", "Gateway.Host=10.0.0.7"),
        ("{0}: '::'", "host net", "Gateway.Host=::"),
        ("{0}: 4333", "port", "Gateway.Port=4333"),
        ("{0}: -1", "port", "Gateway.Port=0"),
        ("{0}: 0", "port", "Gateway.Port=4222"),
        ("{0}: abc", "server_name", "Gateway.ServerName=abc"),
        ("{0}: 'a:1'", "client_advertise", "Gateway.ClientAdvertise=a:1"),
        ("{0}: 8222", "http_port monitor_port http", "Gateway.MonitoringPort=8222"),
        ("{0}: -1", "http_port monitor_port http", "Gateway.MonitoringPort=0"),
        ("{0}: 0", "http_port monitor_port http", "Gateway.MonitoringPort="),
        ("{0}: '127.0.0.1:8222'", "http", "Gateway.MonitoringHost=127.0.0.1"),
        ("{0}: 8k", "max_control_line", "Gateway.MaxControlLineBytes=8000"),
        ("{0}: 2mb", "max_payload", "Gateway.MaxPayloadBytes=2097152"),
        ("{0}: -1", "max_payload", "Gateway.MaxPayloadBytes=67108864"),
        ("{0}: 128MiB", "max_pending", "Gateway.MaxPendingBytes=134217728"),
        ("{0}: 100", "max_connections max_conn", "Gateway.MaxConnections=100"),
        ("{0}: -1", "max_connections max_conn", "Gateway.MaxConnections=-1"),
        ("{0}: 7", "max_subscriptions max_subs", "Gateway.MaxSubscriptions=7"),
        ("{0}: 7", "max_sub_tokens max_subscription_tokens", "Gateway.MaxSubscriptionTokens=7"),
        ("{0}: '1m30s'", "ping_interval", "Gateway.PingInterval=00:01:30"),
        ("{0}: 3", "ping_max", "Gateway.MaxPingsOut=3"),
        ("{0}: '2s'", "write_deadline", "Gateway.WriteDeadline=00:00:02"),
        ("{0}: '30s'", "lame_duck_duration", "Gateway.LameDuckDuration=00:00:30"),
        ("{0}: '1s'", "lame_duck_grace_period", "Gateway.LameDuckGracePeriod=00:00:01"),
        ("cluster {{ {0}: 6222 }}", "listen port", "Gateway.Cluster.Port=6222"),
        ("cluster {{ {0}: -1 }}", "listen port", "Gateway.Cluster.Port=0"),
        ("cluster {{ {0}: 0 }}", "listen port", "Gateway.Cluster="),
        ("cluster {{ {0}: '127.0.0.1:6222' }}", "listen", "Gateway.Cluster.Host=127.0.0.1"),
        ("cluster {{ port: 1, {0}: 127.0.0.1 }}", "host net", "Gateway.Cluster.Host=127.0.0.1"),
        ("cluster {{ port: 1, {0}: east }}", "name", "Gateway.Cluster.Name=east"),
        ("cluster {{ port: 1, {0}: [ 'nats://u:p@h:7' ] }}", "routes", "Gateway.Cluster.Routes.Count=1"),
        ("cluster {{ port: 1, {0}: 'h:7' }}", "cluster_advertise advertise", "Gateway.Cluster.Advertise=h:7"),
        ("cluster {{ port: 1, {0}: true }}", "no_advertise", "Gateway.Cluster.NoAdvertise=True"),
        ("cluster {{ port: 1, {0}: 3 }}", "connect_retries", "Gateway.Cluster.ConnectRetries=3"),
        ("cluster {{ port: 1, authorization {{ {0}: u }} }}", "user username", "Gateway.Cluster.User=u"),
        ("cluster {{ port: 1, authorization {{ {0}: p }} }}", "password pass", "Gateway.Cluster.Password=p"),
        ("cluster {{ port: 1, authorization {{ {0}: 1.5 }} }}", "timeout", "Gateway.Cluster.AuthTimeout=00:00:01.5000000"),
        ("{0}: 5", "max_closed_clients", "Gateway.MaxClosedClients=5"),
        ("authorization {{ {0}: u }}", "user username", "Gateway.User=u"),
        ("authorization {{ {0}: p }}", "password pass", "Gateway.Password=p"),
        ("authorization {{ {0}: t }}", "token", "Gateway.AuthToken=t"),
        ("authorization {{ {0}: 1.5 }}", "timeout", "Gateway.AuthTimeout=00:00:01.5000000"),
        ("authorization {{ {0}: '3s' }}", "timeout", "Gateway.AuthTimeout=00:00:03"),
        ("{0}: yes", "debug", "Logging.Debug=True"),
        ("{0}: yes", "trace", "Logging.Trace=True"),
        ("{0}: yes", "trace", "Gateway.Trace=True"),
        ("{0}: 100", "max_traced_msg_len", "Gateway.MaxTracedMessageBytes=100"),
        ("{0}: no", "logtime", "Logging.LogTime=False"),
        ("{0}: yes", "logtime_utc", "Logging.LogTimeUtc=True"),
        ("{0}: x.log", "logfile log_file", "Logging.LogFile=x.log"),
        ("{0}: x.pid", "pidfile pid_file", "PidFile=x.pid"),
        ("bayou {{ {0} {{ 'foo.*' {{ single_active: true }} }} }}", "channels", "Streaming.DeliveryPolicies[foo.*].IsSingleActive=True"),
        ("bayou {{ channels {{ foo {{ {0}: true }} }} }}", "single_active", "Streaming.DeliveryPolicies[foo].IsSingleActive=True"),
        ("bayou {{ channels {{ foo {{ {0}: [ '5s', '30s' ] }} }} }}", "redelivery_waits", "Streaming.DeliveryPolicies[foo].RedeliveryWaits.Count=2"),
        ("bayou {{ {0}: replace }}", "duplicate_clients", "Streaming.DuplicateClients=Replace"),
        ("bayou {{ telemetry {{ {0}: 'http://c:4317' }} }}", "otlp", "Telemetry.Otlp=http://c:4317/"),
        ("bayou {{ telemetry {{ {0}: '' }} }}", "otlp", "Telemetry.Otlp="),
        ("bayou {{ telemetry {{ {0}: http/protobuf }} }}", "protocol", "Telemetry.Protocol=http/protobuf"),
        ("bayou {{ telemetry {{ {0}: '5s' }} }}", "interval", "Telemetry.Interval=00:00:05"),
        ("streaming {{ {0}: c }}", "cluster_id id cid", "Streaming.ClusterId=c"),
        ("streaming {{ {0}: a.b }}", "discover_prefix", "Streaming.DiscoverPrefix=a.b"),
        ("streaming {{ {0}: memory }}", "store st store_type storetype", "Streaming.Store=Memory"),
        ("streaming {{ {0}: FILE }}", "store st store_type storetype", "Streaming.Store=File"),
        ("streaming {{ {0}: d }}", "dir datastore", "Streaming.Directory=d"),
        ("streaming {{ {0}: true }}", "sd stan_debug", "Streaming.Debug=True"),
        ("streaming {{ {0}: true }}", "sd stan_debug", "Logging.StreamingDebug=True"),
        ("streaming {{ {0}: true }}", "sv stan_trace", "Streaming.Trace=True"),
        ("streaming {{ {0}: true }}", "sv stan_trace", "Logging.StreamingTrace=True"),
        ("streaming {{ {0}: '5s' }}", "hb_interval hbi server_to_client_hb_interval", "Streaming.HeartbeatInterval=00:00:05"),
        ("streaming {{ {0}: '5s' }}", "hb_timeout hbt server_to_client_hb_timeout", "Streaming.HeartbeatTimeout=00:00:05"),
        ("streaming {{ {0}: 3 }}", "hb_fail_count hbf server_to_client_hb_fail_count", "Streaming.HeartbeatFailCount=3"),
        ("streaming {{ {0}: true }}", "replace_durable replace_durables replace_duplicate_durable replace_duplicate_durables", "Streaming.ReplaceDurable=True"),
        ("streaming {{ {0}: true, limits {{ channels {{ foo {{ }} }} }} }}", "partitioning", "Streaming.IsPartitioned=True"),
        ("streaming {{ {0} {{ mc: 5 }} }}", "store_limits limits storelimits", "Streaming.MaxChannels=5"),
        ("streaming {{ limits {{ {0}: 5 }} }}", "max_channels mc maxchannels", "Streaming.MaxChannels=5"),
        ("streaming {{ limits {{ {0}: 5 }} }}", "max_subs msu max_subscriptions maxsubscriptions", "Streaming.Limits.MaxSubscriptions=5"),
        ("streaming {{ limits {{ {0}: 5k }} }}", "max_msgs mm maxmsgs max_count maxcount", "Streaming.Limits.MaxMessages=5000"),
        ("streaming {{ limits {{ {0}: 5kb }} }}", "max_bytes mb maxbytes", "Streaming.Limits.MaxBytes=5120"),
        ("streaming {{ limits {{ {0}: '1h' }} }}", "max_age ma maxage", "Streaming.Limits.MaxAge=01:00:00"),
        ("streaming {{ limits {{ {0}: '1h' }} }}", "max_inactivity mi maxinactivity", "Streaming.Limits.MaxInactivity=01:00:00"),
        ("streaming {{ limits {{ {0} {{ foo {{ mm: 5 }} }} }} }}", "channels channels_limits channelslimits per_channel per_channel_limits", "Streaming.ChannelLimits[foo].MaxMessages=5"),
        ("streaming {{ limits {{ channels {{ 'foo.*' {{ {0}: 5 }} }} }} }}", "max_subs msu max_subscriptions maxsubscriptions", "Streaming.ChannelLimits[foo.*].MaxSubscriptions=5"),
        ("streaming {{ limits {{ channels {{ foo.> {{ {0}: -1 }} }} }} }}", "max_msgs mm maxmsgs max_count maxcount", "Streaming.ChannelLimits[foo.>].MaxMessages=0"),
        ("streaming {{ limits {{ channels {{ foo {{ {0}: 0 }} }} }} }}", "max_bytes mb maxbytes", "Streaming.ChannelLimits[foo].MaxBytes=0"),
        ("streaming {{ limits {{ channels {{ foo {{ {0}: '2s' }} }} }} }}", "max_age ma maxage", "Streaming.ChannelLimits[foo].MaxAge=00:00:02"),
        ("streaming {{ limits {{ channels {{ foo {{ {0}: '2s' }} }} }} }}", "max_inactivity mi maxinactivity", "Streaming.ChannelLimits[foo].MaxInactivity=00:00:02"),
        ("streaming {{ limits {{ channels {{ foo {{ max_age: '2s' }} }} }} }}", "channels", "Streaming.ChannelLimits[foo].MaxMessages="));

    /// <summary>Known and without effect: the block's path, then its keys with their aliases.</summary>
    public static TheoryData<string, string> KnownKeys => new()
    {
        { "", "trace_verbose syslog remote_syslog logfile_size_limit log_size_limit logfile_max_num ports_file_dir prof_port https https_port http_base_path" },
        { "", "mappings maps accounts cluster gateway leafnodes leaf jetstream store_dir storedir websocket ws mqtt tls allow_non_tls write_timeout" },
        { "", "no_auth_user system_account system no_system_account no_system no_sys_acc" },
        { "", "operator operators roots root root_operators root_operator resolver account_resolver accounts_resolver resolver_tls resolver_preload" },
        { "", "resolver_pinned_accounts trusted_keys trusted default_sentinel no_header_support disable_sublist_cache no_sublist_cache server_tags" },
        { "", "server_metadata default_js_domain connect_error_reports reconnect_error_reports no_fast_producer_stall ocsp ocsp_cache" },
        { "", "feature_flags proxy_protocol proxies bayou streaming" },
        { "authorization", "users auth_callout auth_hook default_permissions default_permission permissions" },
        { "authorization:users", "user username password pass permissions permission authorization nkey allowed_connection_types connection_types clients" },
        { "authorization:default_permissions", "publish pub import subscribe sub export allow_responses publish_allow_responses" },
        { "authorization:default_permissions:publish", "allow deny" },
        { "authorization:default_permissions:allow_responses", "max max_msgs max_messages max_responses expires expiration ttl" },
        { "cluster", "authorization tls permissions connect_backoff pool_size accounts compression ping_interval ping_max write_deadline write_timeout" },
        { "tls", "cert_file key_file ca_file insecure verify verify_and_map cipher_suites curve_preferences timeout pinned_certs" },
        { "streaming", "nats_server_url ns nats_server credentials username user password pass token nkey_seed_file secure tls file file_options sql sql_options" },
        { "streaming", "ft_group ft_group_name cluster encrypt encryption_cipher encryption_key syslog_name" },
        { "streaming:tls", "client_cert client_key client_ca client_cacert server_name server_hostname skip_verify insecure" },
        { "streaming:file", "compact compact_enabled compact_frag compact_fragmentation compact_interval compact_min_size buffer_size crc do_crc crc_poly" },
        { "streaming:file", "sync do_sync sync_on_flush slice_max_msgs slice_max_count slice_msgs slice_count slice_max_bytes slice_max_size slice_bytes slice_size" },
        { "streaming:file", "slice_max_age slice_age slice_max_time slice_time_limit slice_archive_script slice_archive slice_script fds_limit file_descriptors_limit" },
        { "streaming:file", "parallel_recovery read_buffer_size file_read_buffer_size auto_sync file_auto_sync record_size_limit" },
        { "streaming:sql", "driver source no_caching max_open_conns max_conns bulk_insert_limit" },
        { "streaming:cluster", "node_id bootstrap peers log_path log_cache_size log_snapshots trailing_logs sync raft_logging raft_heartbeat_timeout raft_election_timeout" },
        { "streaming:cluster", "raft_lease_timeout raft_commit_timeout proceed_on_restore_failure allow_add_remove_node bolt_free_list_sync bolt_free_list_map nodes_connections" },
    };

    [Theory]
    [MemberData(nameof(EffectiveKeys))]
    public void AnEffectiveKey_SetsItsOption(string template, string key, string option, string expected)
    {
        Assert.Equal(expected, Show(Options(string.Format(null, template, key)), option));
        Assert.Equal(expected, Show(Options(string.Format(null, template, key.ToUpperInvariant())), option));
    }

    [Theory]
    [MemberData(nameof(KnownKeys))]
    public void EveryNameOfNatsAndStreaming_IsKnown(string block, string names)
    {
        IOptionNames schema = RootSchema.Root;
        foreach (var name in block.Split(':', StringSplitOptions.RemoveEmptyEntries))
            schema = schema.FindName(name)!.Children!;

        Assert.All(names.Split(' '), name => Assert.NotNull(schema.FindName(name)));
    }

    [Fact]
    public void NoName_BelongsToTwoOptionsOfABlock()
    {
        foreach (var (path, block) in Blocks(RootSchema.Root, ""))
        {
            var names = block.Names.SelectMany(option => option.Aliases.Append(option.Name)).ToList();
            Assert.True(names.Count == names.Distinct(StringComparer.OrdinalIgnoreCase).Count(), $"{path}: {string.Join(' ', names)}");
        }
    }

    [Theory]
    [InlineData("streaming { file { sync: false } }", "sync")]
    [InlineData("streaming { file { crc: off } }", "crc")]
    [InlineData("streaming { cluster { sync: no } }", "sync")]
    public void SwitchingOffWhatIsAlwaysOn_IsAcceptedWithAWarning(string text, string key)
    {
        var result = LoadText(text);

        Valid(result);
        Assert.EndsWith($"{key}: false has no effect: every record is checksummed, and fsynced before it is acknowledged", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accounts { A {} }", "accounts")]
    [InlineData("cluster { port: 1, tls { cert_file: x } }", "cluster.tls")]
    [InlineData("cluster { port: 1, permissions { import: a } }", "cluster.permissions")]
    [InlineData("operator: x", "operator")]
    [InlineData("trusted_keys: [ x ]", "trusted_keys")]
    [InlineData("streaming { encrypt: true }", "streaming.encrypt")]
    [InlineData("streaming { encryption_key: x }", "streaming.encryption_key")]
    public void AskingForProtectionThatIsNotThere_IsRefusedUnlessMeant(string text, string name)
    {
        var error = Assert.Single(Errors(LoadText(text)));
        Assert.Contains($"\"{name}\" is not available yet", error, StringComparison.Ordinal);

        var meant = LoadText(text + "\nbayou { allow_unprotected: true }");
        Valid(meant);
        Assert.Contains(name, Assert.Single(meant.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nats_server_url: 'nats://a:4222'", "nats_server_url is not available: this server is a NATS server itself, and joins others by the routes of a cluster block")]
    [InlineData("ns: 'nats://a:4222'", "ns is not available: this server is a NATS server itself, and joins others by the routes of a cluster block")]
    [InlineData("ft_group: g", "ft_group is not available: there is no fault tolerance mode; servers that stand in for each other are a cluster, by a cluster block in streaming")]
    public void AskingForAnotherKindOfServer_IsRefusedWhateverIsMeant(string entry, string message) => Assert.Equal(
        $"bayou: bayou.conf:1:13: {message}",
        Assert.Single(Errors(LoadText($"streaming {{ {entry} }}\nbayou {{ allow_unprotected: true }}"))));

    [Fact]
    public void AskingForNoOtherKindOfServer_IsAccepted() => Assert.Empty(LoadText("streaming { ns: '', ft_group: '' }").Warnings);

    [Theory]
    [InlineData("-ns", "nats_server_url")]
    [InlineData("--nats_server", "nats_server_url")]
    [InlineData("-ft_group", "ft_group")]
    public void FlagThatAsksForAnotherKindOfServer_IsRefused(string flag, string setting) => Assert.StartsWith(
        $"bayou: flag {flag}: {setting} is not available: ", Assert.Single(Errors(LoadText("", flag, "x"))), StringComparison.Ordinal);

    [Fact]
    public void AWrongStore_IsRefused()
    {
        Assert.Equal("bayou: bayou.conf:1:13: unknown store type: tape", Assert.Single(Errors(LoadText("streaming { store: tape }"))));
        Assert.Contains("SQL is not available yet", Assert.Single(Errors(LoadText("streaming { store: sql }"))), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, IOptionNames Names)> Blocks(IOptionNames block, string path) =>
        block.Names.Where(option => option.Children is not null).SelectMany(option => Blocks(option.Children!, $"{path}{option.Name}.")).Prepend((path, block));

    private static TheoryData<string, string, string, string> Rows(params (string Template, string Keys, string Expectation)[] rows)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var (template, keys, expectation) in rows)
        {
            var parts = expectation.Split('=');
            foreach (var key in keys.Split(' '))
                data.Add(template, key, parts[0], parts[1]);
        }

        return data;
    }

    /// <summary>The value at a path such as <c>Streaming.ChannelLimits[foo].MaxAge</c>, as text.</summary>
    private static string Show(ServerOptions options, string path)
    {
        object? value = options;
        if (path.IndexOf('[', StringComparison.Ordinal) is var start and > 0)
        {
            var end = path.IndexOf(']', StringComparison.Ordinal);
            var map = path["Streaming.".Length..start] == nameof(StreamingOptions.ChannelLimits) ? (IDictionary)options.Streaming.ChannelLimits : (IDictionary)options.Streaming.DeliveryPolicies;
            value = map[path[(start + 1)..end]];
            path = path[(end + 2)..];
        }

        foreach (var name in path.Split('.'))
            value = value!.GetType().GetProperty(name)!.GetValue(value);
        return value?.ToString() ?? "";
    }
}
