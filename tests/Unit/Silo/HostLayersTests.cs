using Bayou.Silo.Configuration;
using Bayou.Silo.Configuration.Language;
using Microsoft.Extensions.Configuration;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

public sealed class HostLayersTests
{
    [Fact]
    public void Variables_SetEveryKindOfOption()
    {
        var environment = With().AndVariables(
            ("BAYOU__PORT", "1"),
            ("bayou__debug", "yes"),
            ("BAYOU__MAX_PAYLOAD", "64kb"),
            ("BAYOU__AUTHORIZATION__USER", "007"),
            ("BAYOU__STREAMING__ID", "c"),
            ("BAYOU__STREAMING__HB_INTERVAL", "90s"),
            ("BAYOU__STREAMING__HB_TIMEOUT", "5"),
            ("BAYOU__STREAMING__LIMITS__CHANNELS__foo.bar__MM", "5"),
            ("BAYOU_PORT", "2"),
            ("PORT", "3"));

        var options = Valid(ServerConfiguration.Load([], environment));

        Assert.Equal((1, true, 65536, "007"), (options.Gateway.Port, options.Logging.Debug, options.Gateway.MaxPayloadBytes, options.Gateway.User));
        Assert.Equal(("c", 90, 5), (options.Streaming.ClusterId, (int)options.Streaming.HeartbeatInterval.TotalSeconds, (int)options.Streaming.HeartbeatTimeout.TotalSeconds));
        Assert.Equal(5, options.Streaming.ChannelLimits["foo.bar"].MaxMessages);
    }

    [Fact]
    public void MistakesInVariablesAndSettings_NameTheirPlace()
    {
        var environment = With(("appsettings.json", """{ "Bayou": { "port": "x", "streaming": { "sd": 1 }, "cluster": { "routes": [ "a", "b" ] } } }"""))
            .AndVariables(("BAYOU__FOO", "1"), ("BAYOU__STREAMING__HBF", "many"));

        Assert.Equal(
            [
                "bayou: appsettings.json Bayou:port: parameter \"port\" value is expected to be int64, got \"x\"",
                "bayou: appsettings.json Bayou:streaming:sd: parameter \"sd\" value is expected to be bool, got \"1\"",
                "bayou: environment variable BAYOU__FOO: unknown field \"FOO\"",
                "bayou: environment variable BAYOU__STREAMING__HBF: parameter \"HBF\" value is expected to be int64, got \"many\"",
            ],
            Errors(ServerConfiguration.Load([], environment)));
    }

    [Fact]
    public void BrokenSettings_AreAnError() =>
        Assert.StartsWith("bayou: appsettings.json: ", Assert.Single(Errors(ServerConfiguration.Load([], With(("appsettings.json", "{"))))), StringComparison.Ordinal);

    [Fact]
    public void AFile_IsDotNetConfigurationUnderTheDocumentedNames()
    {
        var map = ConfigParser.ParseText(
            "PORT: 4k\nhost 1.2.3.4\nleaf { remotes: [ { url: a }, { urls: [ b, c ] } ] }\nStreaming { limits { mm: 5, ma: '1h' }, sd: yes }",
            "x.conf",
            new ConfigReadContext(_ => null, _ => throw new FileNotFoundException()));

        var configuration = new ConfigurationBuilder().Add(new NatsConfigurationSource(map)).Build();

        Assert.Equal("4000", configuration["port"]);
        Assert.Equal("1.2.3.4", configuration["Host"]);
        Assert.Equal("5", configuration["streaming:store_limits:max_msgs"]);
        Assert.Equal("1h", configuration["streaming:store_limits:max_age"]);
        Assert.Equal("true", configuration["streaming:sd"]);
        Assert.Equal("a", configuration["leafnodes:remotes:0:url"]);
        Assert.Equal("c", configuration["leafnodes:remotes:1:urls:1"]);
    }

    [Theory]
    [InlineData("port: 1\nPORT: 2", "port", "2")]
    [InlineData("streaming { id: a, cluster_id: b, cid: c }", "streaming:cluster_id", "c")]
    [InlineData("cluster { routes: [ a, b ], ROUTES: [ c ] }", "cluster:routes:0", "c")]
    [InlineData("cluster { routes: [ a, b ], ROUTES: [ c ] }", "cluster:routes:1", null)]
    [InlineData("limits { mm: 1 }\nstore_limits { max_msgs: 2 }", "limits:mm", "1")]
    [InlineData("streaming { limits { mm: 1, mb: 5 }, store_limits { max_msgs: 2 } }", "streaming:store_limits:max_msgs", "2")]
    [InlineData("streaming { limits { mm: 1, mb: 5 }, store_limits { max_msgs: 2 } }", "streaming:store_limits:max_bytes", "5")]
    public void ASettingUnderTwoOfItsNames_IsTheLastOfThem(string file, string key, string? expected)
    {
        var map = ConfigParser.ParseText(file, "x.conf", new ConfigReadContext(_ => null, _ => throw new FileNotFoundException()));
        Assert.Equal(expected, new ConfigurationBuilder().Add(new NatsConfigurationSource(map)).Build()[key]);
    }

    [Fact]
    public void ServerOfAFileWithASettingTwice_GoesByTheLast() =>
        Assert.Equal("b", Loading.Options("streaming { id: a, cluster_id: b }").Streaming.ClusterId);
}
