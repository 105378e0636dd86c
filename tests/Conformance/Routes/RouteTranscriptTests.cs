using System.Text.Json;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>The bytes on a route: what a peer and a client are sent is the same as with the oracle.</summary>
public sealed class RouteTranscriptTests
{
    private static readonly string[][] Steps =
    [
        // What clients want is told: plain interest once, a queue group with each change of its weight.
        ["client: SUB a 1\r\n", "client: SUB a 2\r\nSUB a.* 3\r\n", "client: UNSUB 1\r\n", "client: UNSUB 2\r\n", "client: UNSUB 9\r\n"],
        ["client: SUB a q 1\r\n", "client: SUB a q 2\r\n", "client: SUB a q 3\r\n", "client: UNSUB 2\r\n", "client: UNSUB 1\r\n", "client: UNSUB 3\r\n"],
        ["client: SUB a 1\r\nSUB a q 2\r\n", "client: SUB b 1\r\n", "client: UNSUB 1\r\n", "client: SUB ..b 7\r\n"],
        ["client: SUB once 1\r\nUNSUB 1 1\r\n", "client: PUB once 1\r\nx\r\n", "client: SUB once 1\r\n"],

        // Messages go to a peer that wants them, in one copy and with the words for its queue groups.
        ["client: PUB a 2\r\nhi\r\n", "peer: RS+ $G a\r\n", "client: PUB a 2\r\nhi\r\n", "client: PUB a reply 0\r\n\r\n", "peer: RS- $G a\r\n", "client: PUB a 2\r\nhi\r\n"],
        ["peer: RS+ $G a.*\r\nRS+ $G a.>\r\nRS+ $G >\r\n", "client: PUB a.b 0003\r\nabc\r\n", "client: PUB a.b.c r 1\r\nx\r\n"],
        ["peer: RS+ $G a q 3\r\n", "client: PUB a 2\r\nhi\r\n", "client: PUB a reply 2\r\nhi\r\n", "peer: RS- $G a q\r\n", "client: PUB a reply 2\r\nhi\r\n"],
        ["peer: RS+ $G a q 1\r\nRS+ $G a\r\nRS+ $G *\r\n", "client: PUB a 2\r\nhi\r\n", "client: PUB a reply 2\r\nhi\r\n"],
        ["peer: RS+ $G a\r\nRS+ $G b q 1\r\n", "client: HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "client: HPUB a r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "client: HPUB b r 012 0014\r\nNATS/1.0\r\n\r\nhi\r\n", "client: HPUB a 0 2\r\nhi\r\n"],
        ["peer: RS+ $G a\r\n", "client: SUB a 1\r\nPUB a 2\r\nhi\r\n", "client: CONNECT {\"verbose\":false,\"echo\":false}\r\nPUB a 2\r\nho\r\n"],
        ["peer: RS+ OTHER a\r\nRS- OTHER b\r\nRS- $G never\r\n", "client: PUB a 2\r\nhi\r\n"],

        // Nobody answers, unless a peer might.
        ["client: SUB r 1\r\nPUB a r 0\r\n\r\n", "peer: RS+ $G a\r\n", "client: PUB a r 0\r\n\r\n", "peer: RMSG $G r 2\r\nok\r\n", "peer: RS- $G a\r\nRS+ $G a q 1\r\n", "client: PUB a r 0\r\n\r\n"],

        // Messages from a peer go to plain subscriptions, and to a member of each queue group that is named.
        ["client: SUB a 1\r\n", "peer: RMSG $G a 2\r\nhi\r\n", "peer: RMSG $G a reply 2\r\nhi\r\n", "peer: HMSG $G a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "peer: RMSG $G b 2\r\nhi\r\n"],
        ["client: SUB a q 1\r\nSUB a p 2\r\n", "peer: RMSG $G a 2\r\nhi\r\n", "peer: RMSG $G a | q 2\r\nhi\r\n", "peer: RMSG $G a + r p 2\r\nhi\r\n", "peer: RMSG $G a | none 2\r\nhi\r\n", "peer: HMSG $G a | p 3 5\r\nabcde\r\n"],
        ["client: SUB a q 1\r\nSUB * q 2\r\nUNSUB 1\r\n", "peer: RMSG $G a | q 1\r\nx\r\n"],
        ["client: CONNECT {\"verbose\":false,\"headers\":false,\"no_responders\":false}\r\nSUB a 1\r\n", "peer: HMSG $G a r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n"],
        ["client: SUB a 1\r\n", "peer: RS+ $G a\r\nRMSG $G a 2\r\nhi\r\n", "peer: RMSG OTHER a 2\r\nhi\r\n", "peer: RMSG $G a + r 2\r\nhi\r\n"],
        ["client: SUB once 1\r\nUNSUB 1 2\r\n", "peer: RMSG $G once 1\r\nx\r\nRMSG $G once 1\r\ny\r\nRMSG $G once 1\r\nz\r\n"],

        // Two ends of one connection.
        ["peer: +OK\r\nPONG\r\n", "peer: INFO {\"server_id\":\"NPEER\",\"cluster\":\"east\"}\r\n", "client: SUB a 1\r\n"],
    ];

    public static TheoryData<int> Scripts => [.. Enumerable.Range(0, Steps.Length)];

    /// <summary>What a peer sends behind its greeting, or instead of it, and is closed for.</summary>
    public static TheoryData<string> Endings =>
    [
        "foo\r\n", "RS+ $G\r\n", "RS+ $G a b\r\n", "RMSG $G a x\r\n", "RMSG $G a r q 1\r\n", "RMSG $G a 1\r\nxy\r\n", "-ERR 'enough'\r\n",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_GoesAsWithTheOracle(int script)
    {
        string expected = await RouteScript.PlayAsync(ServerKind.Oracle, Steps[script]);
        Assert.Equal(expected, await RouteScript.PlayAsync(ServerKind.Gateway, Steps[script]));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task PeerThatIsWrong_IsClosedAsByTheOracle(string ending)
    {
        async Task<string> EndAsync(ServerKind kind)
        {
            await using TestServer server = await RouteScript.StartServerAsync(kind);
            using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
            await peer.RoundTripAsync(RouteScript.Connect + RouteScript.Info);
            await peer.SendAsync(ending);
            string answer = await peer.ReadToEndAsync();
            return string.Join('\n', answer.Split('\n').Where(static line => line.StartsWith("-ERR", StringComparison.Ordinal)));
        }

        Assert.Equal(await EndAsync(ServerKind.Oracle), await EndAsync(ServerKind.Gateway));
    }

    [Theory]
    [InlineData("CONNECT {\"lang\":\"go\"}\r\n", "-ERR 'attempted to connect to route port'\r\n")]
    [InlineData("CONNECT {\"name\":\"N\",\"cluster\":\"west\"}\r\n", "-ERR 'Rejecting connection, cluster name \"west\" does not match \"east\"'\r\n")]
    [InlineData("CONNECT {\"name\":\"N\",\"cluster\":\"east\"}\r\nINFO {\"server_id\":\"N\",\"cluster\":\"west\"}\r\n", null)]
    [InlineData("foo\r\n", "-ERR 'Unknown Protocol Operation'\r\n")]
    [InlineData("CONNECT {bad\r\n", "")]
    [InlineData("INFO 5\r\n", "")]
    public async Task PeerThatDoesNotBelongHere_IsClosed(string greeting, string? expected)
    {
        foreach (ServerKind kind in (ServerKind[])[ServerKind.Oracle, ServerKind.Gateway])
        {
            await using TestServer server = await RouteScript.StartServerAsync(kind);
            using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
            await peer.SendAsync(greeting);
            string answer = await peer.ReadToEndAsync();
            if (expected is not null) Assert.Equal(expected, answer);
        }
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task ServerThatMeetsItself_EndsTheConnection(ServerKind kind)
    {
        await using TestServer server = await RouteScript.StartServerAsync(kind);
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        await peer.SendAsync(RouteScript.Connect + peer.Info);
        Assert.Equal("", await peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task SecondConnectionOfAServer_IsClosed(ServerKind kind)
    {
        await using TestServer server = await RouteScript.StartServerAsync(kind);
        using RawClient first = await RawClient.ConnectAsync(server.ClusterPort);
        await first.RoundTripAsync(RouteScript.Connect + RouteScript.Info);
        using RawClient second = await RawClient.ConnectAsync(server.ClusterPort);
        await second.SendAsync(RouteScript.Connect + RouteScript.Info);
        Assert.Equal("", await second.ReadToEndAsync());
        await first.RoundTripAsync();
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "\"user\":\"r\",\"pass\":\"secret\"", true)]
    [InlineData(ServerKind.Oracle, "\"user\":\"r\",\"pass\":\"wrong\"", false)]
    [InlineData(ServerKind.Gateway, "\"user\":\"r\",\"pass\":\"secret\"", true)]
    [InlineData(ServerKind.Gateway, "\"user\":\"r\",\"pass\":\"wrong\"", false)]
    [InlineData(ServerKind.Gateway, "\"user\":\"x\",\"pass\":\"secret\"", false)]
    [InlineData(ServerKind.Gateway, "\"verbose\":false", false)]
    public async Task Password_LetsAServerInOrNot(ServerKind kind, string login, bool isAccepted)
    {
        await using TestServer server = await RouteScript.StartServerAsync(kind, new ClusterOptions { Name = "east", User = "r", Password = "secret" });
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        Assert.Contains("\"auth_required\":true", peer.Info, StringComparison.Ordinal);
        await peer.SendAsync($"CONNECT {{{login},\"name\":\"NPEER\",\"cluster\":\"east\"}}\r\n{RouteScript.Info}PING\r\n");
        if (isAccepted) await peer.ReadUntilAsync("PONG\r\n");
        else Assert.Equal("-ERR 'Authorization Violation'\r\n", await peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "INFO {}\r\n")]
    [InlineData(ServerKind.Oracle, "PING\r\n")]
    [InlineData(ServerKind.Gateway, "INFO {}\r\n")]
    [InlineData(ServerKind.Gateway, "PING\r\n")]
    public async Task AnythingBeforeTheLogin_IsAViolation(ServerKind kind, string sent)
    {
        await using TestServer server = await RouteScript.StartServerAsync(kind, new ClusterOptions { Name = "east", User = "r", Password = "secret" });
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        await peer.SendAsync(sent);
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task NoLoginInTime_EndsTheConnection()
    {
        await using TestServer server = await RouteScript.StartServerAsync(
            ServerKind.Gateway, new ClusterOptions { Name = "east", User = "r", Password = "secret", AuthTimeout = TimeSpan.FromSeconds(0.3) });
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        Assert.Equal("-ERR 'Authentication Timeout'\r\n", await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task Info_HasEveryFieldOfTheOracleThatAnOldServerHasAndOneOfOurOwn()
    {
        async Task<JsonElement> GetAsync(ServerKind kind)
        {
            await using TestServer server = await RouteScript.StartServerAsync(kind);
            using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
            return JsonSerializer.Deserialize<JsonElement>(peer.Info["INFO ".Length..]);
        }

        JsonElement expected = await GetAsync(ServerKind.Oracle);
        JsonElement actual = await GetAsync(ServerKind.Gateway);
        foreach (JsonProperty field in expected.EnumerateObject().Where(static field => field.Name is not ("nonce" or "lnoc")))
        {
            Assert.True(actual.TryGetProperty(field.Name, out JsonElement own), $"{field.Name} is missing");
            JsonShape.AssertHasAllOf(field.Value, own, field.Name);
        }

        Assert.Equal(ServerIdentity.BayouVersion, actual.GetProperty("bayou").GetProperty("version").GetString());
    }

    [Fact]
    public async Task SilentPeer_IsAskedAndThenClosed()
    {
        var options = new GatewayOptions { Cluster = new ClusterOptions { Name = "east" }, PingInterval = TimeSpan.FromSeconds(0.3), MaxPingsOut = 2 };
        await using TestServer server = await TestServer.StartAsync(ServerKind.Gateway, options);
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        await peer.SendAsync(RouteScript.Connect + RouteScript.Info);
        Assert.Equal("PING\r\nPING\r\n-ERR 'Stale Connection'\r\n", await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task PeerThatDoesNotRead_IsGivenUpAndOthersAreNotHarmed()
    {
        var options = new GatewayOptions { Cluster = new ClusterOptions { Name = "east" }, MaxPendingBytes = 2 << 20, MaxPayloadBytes = 1 << 20 };
        await using TestServer server = await TestServer.StartAsync(ServerKind.Gateway, options);
        using RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        await peer.RoundTripAsync(RouteScript.Connect + RouteScript.Info + "RS+ $G a\r\n");
        using RawClient subscriber = await server.ConnectAsync();
        await subscriber.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\n");
        using RawClient publisher = await server.ConnectAsync();
        await publisher.RoundTripAsync(RawClient.Quiet);

        string batch = string.Concat(Enumerable.Repeat($"PUB a 10000\r\n{new string('x', 10000)}\r\n", 50));
        int sent = 0;
        while (await Monitoring.CountRoutesAsync(server) == 1)
        {
            await publisher.RoundTripAsync(batch);
            Assert.Equal(50, SubscriptionTests.CountMessages(await subscriber.RoundTripAsync()));
            Assert.True(++sent < 200, "100 MB were taken for a server that does not read.");
        }

        Assert.Equal(1, (await Monitoring.GetAsync(server, "varz")).GetProperty("slow_consumers").GetInt32());
    }
}
