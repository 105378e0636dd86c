using Bayou.Silo.Configuration.CommandLine;
using Bayou.Silo.Configuration.Schema;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("-p 4333")]
    [InlineData("-p=4333")]
    [InlineData("--p 4333")]
    [InlineData("-port 4333")]
    [InlineData("--port 4333")]
    [InlineData("--port=4333")]
    [InlineData("-p 1 -p 4333")]
    [InlineData("-p 1 --port=4333")]
    public void AFlag_MayBeWrittenInEveryGoWay(string arguments) =>
        Assert.Equal(4333, Valid(LoadArguments(arguments.Split(' '))).Gateway.Port);

    [Theory]
    [InlineData("-D", true)]
    [InlineData("--debug", true)]
    [InlineData("-D=true", true)]
    [InlineData("-D=1", true)]
    [InlineData("-D=false", false)]
    [InlineData("-D=F", false)]
    [InlineData("-D -D=false", false)]
    [InlineData("-DV -D=false", false)]
    public void ASwitch_TakesItsValueAfterAnEqualsSignOnly(string arguments, bool expected) =>
        Assert.Equal(expected, Valid(LoadArguments(arguments.Split(' '))).Logging.Debug);

    [Fact]
    public void CaseOfFlags_Matters()
    {
        var streamingDebug = Valid(LoadArguments("-SD"));
        Assert.True(streamingDebug.Logging.StreamingDebug);
        Assert.False(streamingDebug.Logging.Debug);

        var storeDirectory = LoadArguments("-sd", "x");
        Assert.False(Valid(storeDirectory).Logging.StreamingDebug);
        Assert.Contains("store_dir (flag -sd)", Assert.Single(storeDirectory.Warnings), StringComparison.Ordinal);

        var both = Valid(LoadArguments("-DV", "-SDV")).Logging;
        Assert.True(both is { Debug: true, Trace: true, StreamingDebug: true, StreamingTrace: true });
    }

    [Theory]
    [InlineData("-p -1", 0)]
    [InlineData("-p 0", 4222)]
    public void SpecialPorts_MeanWhatTheyMeanToNats(string arguments, int expected) =>
        Assert.Equal(expected, Valid(LoadArguments(arguments.Split(' '))).Gateway.Port);

    [Fact]
    public void EveryEffectiveFlag_SetsItsOption()
    {
        string[] arguments =
        [
            "-a", "127.0.0.1", "-p", "1", "-n", "n", "-P", "pid", "-m", "2", "-client_advertise", "a:1", "-l", "log", "-T=false", "-D", "-V", "-SD", "-SV",
            "-cid", "c", "-st", "memory", "-dir", "d", "-hbi", "1s", "-hbt", "2s", "-hbf", "3", "-replace_durable",
            "-mc", "4", "-msu", "5", "-mm", "6", "-mb", "7KB", "-ma", "8s", "-mi", "9s", "-user", "u", "-pass", "p=q",
        ];

        var options = Valid(LoadArguments(arguments));

        Assert.Equal(("127.0.0.1", 1, "n", 2, "a:1"), (options.Gateway.Host.ToString(), options.Gateway.Port, options.Gateway.ServerName, options.Gateway.MonitoringPort!.Value, options.Gateway.ClientAdvertise));
        Assert.Equal(("u", "p=q", (string?)null), (options.Gateway.User, options.Gateway.Password, options.Gateway.AuthToken));
        Assert.Equal("pid", options.PidFile);
        Assert.True(options.Logging is { Debug: true, Trace: true, StreamingDebug: true, StreamingTrace: true, LogTime: false, LogFile: "log" });
        var streaming = options.Streaming;
        Assert.Equal(("c", "Memory", "d", true), (streaming.ClusterId, streaming.Store.ToString(), streaming.Directory, streaming.ReplaceDurable));
        Assert.Equal((1, 2, 3), ((int)streaming.HeartbeatInterval.TotalSeconds, (int)streaming.HeartbeatTimeout.TotalSeconds, streaming.HeartbeatFailCount));
        Assert.Equal((4, 5, 6, 7 * 1024), (streaming.MaxChannels, streaming.Limits.MaxSubscriptions, streaming.Limits.MaxMessages, streaming.Limits.MaxBytes));
        Assert.Equal((8, 9), ((int)streaming.Limits.MaxAge.TotalSeconds, (int)streaming.Limits.MaxInactivity.TotalSeconds));
    }

    [Fact]
    public void EveryOtherFlag_IsRecognisedWithItsArgument()
    {
        foreach (var flag in FlagTable.All.Where(flag => flag.Group == FlagGroup.Later))
        {
            foreach (var name in flag.Names)
            {
                string[] arguments = flag.IsSwitch ? ["-" + name, "-p", "1"] : ["-" + name, "1", "-p", "1"];
                var read = CommandLineArguments.Read(arguments);
                Assert.Empty(read.Errors);
                Assert.Equal("1", read.ValueOf("port"));
            }
        }
    }

    [Fact]
    public void EveryFlagOfNatsAndStreaming_IsInTheTable()
    {
        const string Names =
            "cid cluster_id st store dir mc max_channels msu max_subs mm max_msgs mb max_bytes ma max_age mi max_inactivity ns nats_server sc stan_config "
            + "hbi hb_interval hbt hb_timeout hbf hb_fail_count ft_group replace_durable sl signal clustered cluster_node_id cluster_bootstrap cluster_peers "
            + "cluster_log_path cluster_log_cache_size cluster_log_snapshots cluster_trailing_logs cluster_sync cluster_raft_logging "
            + "cluster_proceed_on_restore_failure cluster_allow_add_remove_node file_compact_enabled file_compact_frag file_compact_interval "
            + "file_compact_min_size file_buffer_size file_read_buffer_size file_crc file_crc_poly file_sync file_slice_max_msgs file_slice_max_bytes "
            + "file_slice_max_age file_slice_archive_script file_fds_limit file_parallel_recovery file_truncate_bad_eof file_auto_sync sql_driver sql_source "
            + "sql_no_caching sql_max_open_conns sql_bulk_insert_limit encrypt encryption_cipher encryption_key secure tls_client_cert tls_client_key "
            + "tls_client_cacert SD stan_debug SV stan_trace SDV syslog_name io_batch_size io_sleep_time a addr net p port n name server_name P pid "
            + "ports_file_dir m http_port ms https_port c config t l log log_size_limit T logtime s syslog r remote_syslog D debug V trace VV DV DVV user "
            + "pass auth tls tlscert tlskey tlsverify tlscacert routes cluster cluster_name cluster_listen cluster_advertise no_advertise connect_retries "
            + "client_advertise profile max_traced_msg_len js jetstream sd store_dir h help v version help_tls";

        Assert.Equal(
            Names.Split(' ').Order(StringComparer.Ordinal),
            FlagTable.All.SelectMany(flag => flag.Names).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("nats://127.0.0.1:6333", "127.0.0.1", 6333, null, null)]
    [InlineData("nats://u:p%40@127.0.0.1:-1/", "127.0.0.1", 0, "u", "p@")]
    [InlineData("127.0.0.1:6333", "127.0.0.1", 6333, null, null)]
    [InlineData("6333", "0.0.0.0", 6333, null, null)]
    public void ClusterFlag_SaysWhereToListenAndWhoMayCome(string argument, string host, int port, string? user, string? password)
    {
        var cluster = Valid(LoadArguments(
            "-cluster", argument, "-routes", "nats://a:1,nats://u:p@b:2", "-cluster_name", "east", "-connect_retries", "2", "-no_advertise", "-cluster_advertise", "h:5")).Gateway.Cluster!;
        Assert.Equal((host, port, user, password), (cluster.Host.ToString(), cluster.Port, cluster.User, cluster.Password));
        Assert.Equal(["a:1", "b:2"], cluster.Routes.Select(static url => url.Address));
        Assert.Equal(("east", 2, true, "h:5"), (cluster.Name, cluster.ConnectRetries, cluster.NoAdvertise, cluster.Advertise));
    }

    [Fact]
    public void Routes_NeedAClusterOnTheCommandLine()
    {
        Assert.Equal(
            "bayou: flag -routes: solicited routes require cluster capabilities, e.g. --cluster",
            Assert.Single(Errors(LoadArguments("-routes", "nats://a:1"))));
        var result = LoadText("cluster { routes: [ 'nats://a:1' ] }");
        Assert.Null(Valid(result).Gateway.Cluster);
        Assert.Contains("routes have no effect", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster { port: 1, routes: [ '%%%' ] }", "bayou: bayou.conf:1:20: error parsing route url [\"%%%\"]")]
    [InlineData("cluster { port: 1, authorization { token: x } }", "bayou: bayou.conf:1:36: Cluster authorization does not support tokens")]
    [InlineData("cluster { port: 1, advertise: 'a:b' }", "bayou: bayou.conf:1:20: \"a:b\" is no host:port that other servers could dial")]
    [InlineData("port: 7\ncluster { port: 7 }", "bayou: bayou.conf:2:11: the cluster port 7 is taken by the client port or the monitoring port")]
    [InlineData("lame_duck_duration: '10s'", "bayou: bayou.conf:1:1: invalid lame_duck_duration of 10s, minimum is 30 seconds")]
    [InlineData("lame_duck_grace_period: '3m'", "bayou: bayou.conf:1:1: lame duck grace period (3m0s) should be strictly lower than lame duck duration (2m0s)")]
    public void WrongClusterAndLameDuck_AreRefused(string text, string expected) => Assert.Equal(expected, Errors(LoadText(text))[0]);

    [Fact]
    public void SignalFlag_IsAllThatCounts()
    {
        var result = LoadArguments("-sl", "ldm=123", "-c", "missing.conf");
        Assert.Equal("ldm=123", result.Signal);
        Assert.Null(result.Options);
    }

    [Fact]
    public void EverySettingOfAFlag_IsAnOption()
    {
        foreach (var setting in FlagTable.All.SelectMany(flag => flag.Settings))
        {
            IOptionNames? block = RootSchema.Root;
            foreach (var name in setting.Split(':'))
            {
                var option = block?.FindName(name);
                Assert.True(option?.Name == name, $"{setting}: {name}");
                block = option!.Children;
            }
        }
    }

    [Fact]
    public void BadFlags_AreAllReportedWithTheUsage()
    {
        var result = LoadArguments("-zzz", "-D=maybe", "foo", "---p", "1", "-p");

        Assert.Null(result.Options);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            [
                "flag provided but not defined: -zzz",
                "invalid boolean value \"maybe\" for -D: parse error",
                "unrecognized command: \"foo\"",
                "flag provided but not defined: ---p",
                "unrecognized command: \"1\"",
                "flag needs an argument: -p",
            ],
            result.ErrorOutput.Split('\n').Take(6));
        Assert.Contains("Usage: bayou [options]", result.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public void AValueOfTheWrongType_NamesTheFlag() => Assert.Equal(
        [
            "bayou: flag -p: parameter \"port\" value is expected to be int64, got \"abc\"",
            "bayou: flag --hbi: parameter \"hb_interval\" value is expected to be a duration such as \"1h30m\" or \"500ms\", got \"x\"",
        ],
        Errors(LoadArguments("-p", "abc", "--hbi", "x")));

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_ListsEveryFlag(string flag)
    {
        var result = LoadArguments(flag);

        Assert.Equal(0, result.ExitCode);
        Assert.All(FlagTable.All.SelectMany(row => row.Names), name => Assert.Matches($"-{name}(?![a-z_])", result.Output));
    }

    [Fact]
    public void Version_IsPrinted() => Assert.Matches(@"^bayou: v\d+\.\d+\.\d+\n$", LoadArguments("-v").Output);

    [Fact]
    public void TestingAValidConfiguration_SaysSoAndEnds()
    {
        var result = LoadText("port: 1\nsyslog: true", "-t");

        Assert.Null(result.Options);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("bayou: configuration file bayou.conf is valid\n", result.Output);
        Assert.Equal("bayou: warning: these settings are known but have no effect yet: syslog (bayou.conf:2:1)\n", result.ErrorOutput);
    }

    [Fact]
    public void TheCommandLine_BeatsTheFile()
    {
        var options = Options("port: 1\nauthorization { user: a, password: b }\nstreaming { id: file, sd: true, limits { mm: 1, mc: 2 } }", "-p", "2", "--auth", "t", "-SD=false", "-mm", "3");

        Assert.Equal(2, options.Gateway.Port);
        Assert.Equal((null, null, "t"), (options.Gateway.User, options.Gateway.Password, options.Gateway.AuthToken));
        Assert.Equal("file", options.Streaming.ClusterId);
        Assert.False(options.Logging.StreamingDebug);
        Assert.Equal((3, 2), (options.Streaming.Limits.MaxMessages, options.Streaming.MaxChannels));
    }

    [Theory]
    [InlineData("-user", "-D")]
    [InlineData("-user", "@file")]
    [InlineData("-user", "[directive]")]
    [InlineData("-user", "a:b=c")]
    [InlineData("-user", "")]
    [InlineData("-user", "007")]
    [InlineData("-user", "true")]
    [InlineData("-user", "\"quoted\"")]
    public void AnArgument_IsTakenAsItIs(string flag, string value) =>
        Assert.Equal(value, Valid(LoadArguments(flag, value)).Gateway.User);
}
