using System.Net;
using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

public sealed class ServerConfigurationTests
{
    [Fact]
    public void NoArguments_GiveTheDefaults()
    {
        var options = Valid(LoadArguments());

        Assert.Equal(4222, options.Gateway.Port);
        Assert.Equal(IPAddress.Any, options.Gateway.Host);
        Assert.Null(options.Gateway.MonitoringPort);
        Assert.Equal("test-cluster", options.Streaming.ClusterId);
        Assert.Equal(StoreKind.File, options.Streaming.Store);
        Assert.Equal("bayou-data", options.Streaming.Directory);
        Assert.True(options.Logging.LogTime);
        Assert.Null(options.ConfigFile);
    }

    [Fact]
    public void LaterLayers_Win()
    {
        const string Text = "port: 1\nmax_payload: 1\nping_max: 1\nserver_name: file\nstreaming { id: file, dir: file }";
        const string Settings = """{ "Bayou": { "max_payload": 2, "ping_max": 2, "server_name": "settings", "streaming": { "cluster_id": "settings" } } }""";
        var environment = With((ConfFile, Text), ("appsettings.json", Settings))
            .AndVariables(("BAYOU__PING_MAX", "3"), ("BAYOU__SERVER_NAME", "env"), ("BAYOU__STREAMING__STORE_LIMITS__MAX_MSGS", "3k"));

        var result = ServerConfiguration.Load(["-c", ConfFile, "-n", "007"], environment);
        var options = Valid(result);

        Assert.Equal(1, options.Gateway.Port);
        Assert.Equal(2, options.Gateway.MaxPayloadBytes);
        Assert.Equal(3, options.Gateway.MaxPingsOut);
        Assert.Equal("007", options.Gateway.ServerName);
        Assert.Equal("settings", options.Streaming.ClusterId);
        Assert.Equal("file", options.Streaming.Directory);
        Assert.Equal(3000, options.Streaming.Limits.MaxMessages);
        Assert.Equal("settings", result.Configuration["streaming:cluster_id"]);
        Assert.Equal("3k", result.Configuration["Streaming:Store_Limits:Max_Msgs"]);
        Assert.Equal("007", result.Configuration["server_name"]);
    }

    [Fact]
    public void ManyMistakes_AreReportedTogetherWithTheirPlaces()
    {
        const string Text = "port: abc\nfoo: 1\ndebug: 1\nstreaming {\n  id: 5\n  hb_interval: xx\n  store_limits { max_msgs: -1 }\n}\nmax_payload: 65mb";

        Assert.Equal(
            [
                "bayou: bayou.conf:1:1: parameter \"port\" value is expected to be int64, got string",
                "bayou: bayou.conf:2:1: unknown field \"foo\"",
                "bayou: bayou.conf:3:1: parameter \"debug\" value is expected to be bool, got int64",
                "bayou: bayou.conf:5:3: parameter \"id\" value is expected to be string, got int64",
                "bayou: bayou.conf:6:3: parameter \"hb_interval\" value is expected to be a duration such as \"1h30m\" or \"500ms\", got string",
                "bayou: bayou.conf:7:18: max_msgs value is too small: -1, at least 0",
                "bayou: bayou.conf:9:1: max_payload (68157440) cannot be higher than max_pending (67108864)",
            ],
            Errors(LoadText(Text)));
    }

    [Fact]
    public void SettingsWithoutEffect_AreNamedInOneWarning()
    {
        var result = LoadText("syslog: true\nstreaming { credentials: 'x.creds', syslog_name: a, unknown: 1 }\nremote_syslog: x", "-js", "-cluster_raft_logging");

        Valid(result);
        Assert.Equal(2, result.Warnings.Count);
        Assert.Equal("bayou.conf:2:53: unknown parameter \"unknown\" is ignored", result.Warnings[0]);
        Assert.Equal(
            "these settings are known but have no effect yet: syslog (bayou.conf:1:1), streaming.credentials (bayou.conf:2:13), "
            + "streaming.syslog_name (bayou.conf:2:37), remote_syslog (bayou.conf:3:1), jetstream (flag -js), streaming.cluster.raft_logging (flag -cluster_raft_logging)",
            result.Warnings[1]);
    }
}
