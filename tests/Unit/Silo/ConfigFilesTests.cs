using Bayou.Silo.Configuration;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary>Which file and which part of it configures which side.</summary>
public sealed class ConfigFilesTests
{
    private const string Nats = "nats.conf";
    private const string Stan = "stan.conf";

    [Theory]
    [InlineData("-c")]
    [InlineData("--config")]
    [InlineData("-sc")]
    [InlineData("--stan_config")]
    public void OneFile_ServesBothSides(string flag)
    {
        var options = Valid(ServerConfiguration.Load([flag, Nats], With((Nats, "port: 1\nstreaming { id: a }"))));

        Assert.Equal((1, "a"), (options.Gateway.Port, options.Streaming.ClusterId));
        Assert.Equal((Nats, Nats), (options.ConfigFile, options.StreamingConfigFile));
    }

    [Fact]
    public void AnEmptyPath_IsNoFile() => Assert.Null(Valid(ServerConfiguration.Load(["-c", "", "-sc="], With())).ConfigFile);

    [Fact]
    public void TwoFiles_ServeOneSideEach()
    {
        var result = ServerConfiguration.Load(["-c", Nats, "-sc", Stan], With((Nats, "port: 1\nstreaming { id: a }"), (Stan, "port: 2\nstreaming { id: b }")));

        var options = Valid(result);
        Assert.Equal((1, "b"), (options.Gateway.Port, options.Streaming.ClusterId));
        Assert.Equal(
            [
                "nats.conf:2:1: \"streaming\" is ignored here: the streaming configuration file is read instead",
                "stan.conf:1:1: \"port\" is ignored: only the streaming block of this file is read",
            ],
            result.Warnings);
    }

    [Fact]
    public void AStreamingFileWithoutABlock_IsReadWhole()
    {
        var result = ServerConfiguration.Load(["-c", Nats, "-sc", Stan], With((Nats, "port: 1"), (Stan, "id: b\nlimits { mm: 5 }\nport: 2")));

        var options = Valid(result);
        Assert.Equal((1, "b", 5), (options.Gateway.Port, options.Streaming.ClusterId, options.Streaming.Limits.MaxMessages));
        Assert.Equal("stan.conf:3:1: unknown parameter \"port\" is ignored", Assert.Single(result.Warnings));
        Assert.Equal("5", result.Configuration["streaming:store_limits:max_msgs"]);
        Assert.Equal("1", result.Configuration["port"]);
    }

    [Fact]
    public void WithoutABlock_StreamingKeysStandBesideTheOthers()
    {
        var result = LoadText("port: 1\nid: a\nstore_limits { max_msgs: 5 }\nx: 3\nhbf: $x\nfoo: 1");
        Assert.Equal("bayou: bayou.conf:6:1: unknown field \"foo\"", Assert.Single(Errors(result)));

        Assert.Equal("bayou: bayou.conf:2:1: cluster_id cannot be empty", Assert.Single(Errors(LoadText("port: 1\nid: ''"))));

        var options = Options("port: 1\nid: a\nstore_limits { max_msgs: 5 }\nx: 3\nhbf: $x");
        Assert.Equal((1, "a", 5, 3), (options.Gateway.Port, options.Streaming.ClusterId, options.Streaming.Limits.MaxMessages, options.Streaming.HeartbeatFailCount));
    }

    [Theory]
    [InlineData("streaming")]
    [InlineData("STREAMING")]
    [InlineData("Streaming")]
    public void WithABlock_StreamingKeysOutsideAreUnknown(string name)
    {
        Assert.Equal("a", Options($"{name} {{ id: a }}").Streaming.ClusterId);
        Assert.Equal("bayou: bayou.conf:1:1: unknown field \"id\"", Assert.Single(Errors(LoadText($"id: b\n{name} {{ id: a }}"))));
    }

    [Fact]
    public void AClusterOfBothSides_IsUnderstood()
    {
        Valid(LoadText("id: a\ncluster { listen: '127.0.0.1:1', routes: [ 'nats://b:1' ], node_id: a, peers: [ b ] }"));

        Assert.Equal(
            "bayou: bayou.conf:1:11: unknown field \"node_id\"",
            Assert.Single(Errors(LoadText("cluster { node_id: a }\nstreaming { id: a, cluster { node_id: a } }"))));
    }

    [Theory]
    [InlineData("streaming: 1", "bayou: bayou.conf:1:1: parameter \"streaming\" value is expected to be map, got int64")]
    [InlineData("streaming { limits: x }", "bayou: bayou.conf:1:13: parameter \"limits\" value is expected to be map, got string")]
    [InlineData("streaming { id: 1 }", "bayou: bayou.conf:1:13: parameter \"id\" value is expected to be string, got int64")]
    [InlineData("streaming { HBF: '1' }", "bayou: bayou.conf:1:13: parameter \"HBF\" value is expected to be int64, got string")]
    [InlineData("streaming { sd: 1.5 }", "bayou: bayou.conf:1:13: parameter \"sd\" value is expected to be bool, got float64")]
    [InlineData("streaming { cluster { peers: a } }", "bayou: bayou.conf:1:23: parameter \"peers\" value is expected to be slice, got string")]
    [InlineData("streaming { cluster { log_path: [ ] } }", "bayou: bayou.conf:1:23: parameter \"log_path\" value is expected to be string, got slice")]
    [InlineData("streaming { limits { mm: 2006-01-02T15:04:05Z } }", "bayou: bayou.conf:1:22: parameter \"mm\" value is expected to be int64, got struct")]
    [InlineData("listen: abc", "bayou: bayou.conf:1:1: parameter \"listen\" value is expected to be a port or \"host:port\", got string")]
    [InlineData("host: nowhere", "bayou: bayou.conf:1:1: the host \"nowhere\" has no address")]
    [InlineData("max_payload: 5gb", "bayou: bayou.conf:1:1: max_payload value is too big: 5368709120, at most 2147483647")]
    [InlineData("port: 70000", "bayou: bayou.conf:1:1: port value is too big: 70000, at most 65535")]
    [InlineData("streaming { limits { max_channels: -1 } }", "bayou: bayou.conf:1:22: max_channels value is too small: -1, at least 0")]
    [InlineData("authorization { user: a, password: b, token: c }", "bayou: bayou.conf:1:1: Cannot have a user/pass and token")]
    public void AValueThatDoesNotFit_IsAnError(string text, string error) => Assert.Equal(error, Assert.Single(Errors(LoadText(text))));

    [Theory]
    [InlineData("max_payload: 2mb\nmax_pending: 1mb", "bayou.conf:1:1: max_payload (2097152) cannot be higher than max_pending (1048576)")]
    [InlineData("max_pending: 1k", "max_payload (1048576) cannot be higher than max_pending (1000)")]
    [InlineData("http_port: 4222", "bayou.conf:1:1: the client port and the monitoring port are both 4222")]
    [InlineData("ping_interval: '-1s'", "bayou.conf:1:1: ping_interval must be positive, not -1s")]
    [InlineData("authorization { token: t, timeout: 0 }", "bayou.conf:1:27: authorization.timeout must be positive, not 0s")]
    [InlineData("streaming { id: '' }", "bayou.conf:1:13: cluster_id cannot be empty")]
    [InlineData("streaming { cid: 'a b' }", "bayou.conf:1:13: cluster_id \"a b\" cannot be part of a subject")]
    [InlineData("streaming { cid: '*' }", "bayou.conf:1:13: cluster_id \"*\" cannot be part of a subject")]
    [InlineData("streaming { limits { channels { 'a/b' { mm: 1 } } } }", "bayou.conf:1:33: invalid channel name \"a/b\"")]
    [InlineData("streaming { discover_prefix: 'a.*' }", "bayou.conf:1:13: discover_prefix \"a.*\" is not a literal subject")]
    [InlineData("streaming { dir: '' }", "bayou.conf:1:13: a FILE store needs a directory: dir cannot be empty")]
    [InlineData("streaming { hbi: '0s' }", "bayou.conf:1:13: streaming.hb_interval must be positive, not 0s")]
    [InlineData("bayou { request_timeout: '0s' }", "bayou.conf:1:9: bayou.request_timeout must be positive, not 0s")]
    [InlineData("bayou { majority_timeout: '-1s' }", "bayou.conf:1:9: bayou.majority_timeout must be positive, not -1s")]
    [InlineData("bayou { duplicate_clients: refuse }", "bayou.conf:1:9: duplicate_clients is ask or replace, not \"refuse\"")]
    [InlineData("bayou { channels { 'a..b' { single_active: true } } }", "bayou.conf:1:20: invalid channel name \"a..b\"")]
    [InlineData("bayou { channels { 'a/b' { single_active: true } } }", "bayou.conf:1:20: invalid channel name \"a/b\"")]
    [InlineData("bayou { channels { a { redelivery_waits: [ '0s' ] } } }", "bayou.conf:1:24: redelivery_waits takes durations above zero such as \"30s\", not \"0s\"")]
    [InlineData("streaming { limits { ma: '-1h' } }", "bayou.conf:1:22: streaming.store_limits.max_age cannot be negative, not -1h0m0s")]
    [InlineData("streaming { limits { channels { 'a..b' { mm: 1 } } } }", "bayou.conf:1:33: invalid channel name \"a..b\"")]
    [InlineData("streaming { limits { channels { '>.a' { mm: 1 } } } }", "bayou.conf:1:33: invalid channel name \">.a\"")]
    [InlineData("streaming { partitioning: true }", "bayou.conf:1:13: stan: no configured channel")]
    [InlineData(
        "streaming { partitioning: true, limits { channels { a {} } }, cluster { node_id: n } }",
        "bayou.conf:1:13: stan: channels partitioning in clustering mode is not supported")]
    [InlineData("streaming { limits { mc: 1, channels { a {}, b {}, 'c.*' {} } } }", "bayou.conf:1:29: too many channels defined (2). The max channels limit is set to 1")]
    public void SettingsThatContradict_AreAnError(string text, string error) => Assert.Equal("bayou: " + error, Assert.Single(Errors(LoadText(text))));

    [Fact]
    public void AMemoryStore_NeedsNoDirectory() => Options("streaming { store: memory, dir: '' }");

    [Fact]
    public void AsManyLiteralChannelsAsAllowed_AreValid() => Options("streaming { limits { mc: 2, channels { a {}, b {}, 'c.*' {} } } }");

    [Theory]
    [InlineData("ping_interval: 5", "bayou.conf:1:1: ping_interval should be a duration such as \"5s\"; 5 is taken as seconds", 5)]
    [InlineData("ping_interval: 2m", "bayou.conf:1:1: ping_interval should be a duration such as \"2ms\"; 2000000 is taken as seconds; for minutes write \"2m\" in quotes", 2000000)]
    public void ABareNumberAsADuration_CountsSecondsWithAWarning(string text, string warning, int seconds)
    {
        var result = LoadText(text);

        Assert.Equal(seconds, Valid(result).Gateway.PingInterval.TotalSeconds);
        Assert.Equal(warning, Assert.Single(result.Warnings));
    }

    [Fact]
    public void FilesThatCannotBeRead_AreAllReported() => Assert.Equal(
        [
            "bayou: open nats.conf: no such file or directory",
            "bayou: stan.conf:1:1: parse error: unexpected key separator '='",
        ],
        Errors(ServerConfiguration.Load(["-c", Nats, "-sc", Stan], With((Stan, "= 1")))));

    [Fact]
    public void AVariable_MayComeFromTheEnvironmentAndBeDefinedInTheFile()
    {
        var environment = With((ConfFile, "my_port: 4333\nport: $my_port\nserver_name: $NAME\nunused: 1")).AndVariables(("NAME", "n"));

        Assert.Equal("bayou: bayou.conf:4:1: unknown field \"unused\"", Assert.Single(Errors(ServerConfiguration.Load(["-c", ConfFile], environment))));
    }
}
