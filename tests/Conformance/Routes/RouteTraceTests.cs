using System.Text.RegularExpressions;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>What <c>-V</c> writes about a route: the same lines as nats-server's.</summary>
public sealed partial class RouteTraceTests
{
    private const string Mark = "end.of.trace";

    private static readonly GatewayOptions Options = new() { Trace = true, Cluster = new ClusterOptions { Name = "east" } };

    private static readonly string[] Steps =
    [
        "client: SUB a 1\r\n", "client: SUB a q 2\r\n", "client: SUB a q 3\r\nUNSUB 3\r\nUNSUB 2\r\n",
        "peer: RS+ $G b\r\nRS+ $G c  q 2\r\n", "client: PUB b 2\r\nhi\r\n", "client: PUB c r 2\r\nhi\r\n",
        "client: HPUB b r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
        "peer: RMSG $G a 2\r\nhi\r\nHMSG $G a + r q p 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "peer: RS- $G b\r\n", $"peer: RS+ $G {Mark}\r\n",
    ];

    [Fact]
    public async Task Trace_ShowsWhatTheOracleShows()
    {
        var oracle = (OracleServer)await TestServer.StartAsync(ServerKind.Oracle, Options);
        string expected;
        await using (oracle)
        {
            await RouteScript.PlayAsync(oracle, Steps);
            using var patience = new CancellationTokenSource(Patience.Long);
            while (!oracle.Log.Any(static line => line.Contains(Mark, StringComparison.Ordinal))) await Task.Delay(10, patience.Token);
            expected = Normalise(oracle.Log.Where(static line => line.Contains("[TRC]", StringComparison.Ordinal)));
        }

        var log = new RecordingLog();
        await using GatewayServer gateway = await GatewayServer.StartAsync(Options, log);
        await RouteScript.PlayAsync(gateway, Steps);
        Assert.Contains("<<- [RS- $G b]", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Normalise(log.Traces));
    }

    /// <summary>The route's lines without what timers send and what concerns an account that only one kind of server has.</summary>
    private static string Normalise(IEnumerable<string> lines) => string.Join('\n', lines
        .TakeWhile(static line => !line.Contains(Mark, StringComparison.Ordinal))
        .Where(static line => line.Contains(" - rid:", StringComparison.Ordinal) && !OfOtherAccounts().IsMatch(line) && !line.EndsWith("->> [PING]", StringComparison.Ordinal))
        .Select(static line => line[line.IndexOf("rid:", StringComparison.Ordinal)..])
        .Select(static line => line[line.IndexOf(' ', StringComparison.Ordinal)..]));

    [GeneratedRegex(@"\$SYS|MSG_PAYLOAD: \[""\{")]
    private static partial Regex OfOtherAccounts();
}
