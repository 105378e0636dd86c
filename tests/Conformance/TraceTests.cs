using System.Text.RegularExpressions;
using Bayou.Gateway;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>What <c>-V</c> writes: the same lines as nats-server's, apart from process ids, times, ports and numbers of connections.</summary>
public sealed partial class TraceTests
{
    /// <summary>Published last; what comes after it, when the connections end, is no answer to anything.</summary>
    private const string Mark = "end.of.trace";

    private static readonly GatewayOptions Options = new() { Trace = true, MaxTracedMessageBytes = 20 };

    private static readonly string[] FirstClient =
    [
        "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true,\"lang\":\"go\",\"version\":\"1.2\",\"name\":\"na\\\"me\",\"user\":\"u\",\"pass\":\"secret\"}\r\n",
        "SUB  a.*   workers  1\r\nsub b.> 2\r\nSUB c 3\r\nUNSUB 3\r\nUNSUB 4\r\nUNSUB 2 1\r\n",
    ];

    private static readonly string[] SecondClient =
    [
        "CONNECT {\"verbose\":true,\"headers\":true,\"no_responders\":true}\r\n",
        "pub a.b reply 5\r\nhello\r\nPUB a.c 0003\r\na\"\\\r\nHPUB a.d  12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
        "PUB b.c 4\r\n\0\xff\r\x7f\r\nPUB b.c 7\r\ngr\xc3\xbc\xc3\x9f\x65\r\nPUB b.c 6\r\n\xc2\xad\xf0\x9f\x98\x80\r\n",
        "PUB a.e 30\r\n012345678901234567890123456789\r\nPUB a.e 24\r\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\r\n",
        "SUB answer 1\r\nPUB nobody answer 0\r\n\r\n+OK\r\nPONG\r\nINFO {}\r\n",
        "SUB a..b 2\r\nPUB _GR_.x 0\r\n\r\n",
    ];

    public static TheoryData<string> Endings =>
        ["nonsense\r\n", "PUB a b c 5\r\n", "PUB a 2000000\r\n", "HPUB a 9 5\r\nhello\r\n", "SUB a\r\n", "-ERR gone\r\n", "PUB a 2\r\nabX", "SUB " + new string('a', 5000) + " 1\r\n", "PUB\r\n"];

    [Fact]
    public async Task Trace_ShowsWhatTheOracleShows()
    {
        async Task TalkAsync(TestServer server)
        {
            using RawClient first = await server.ConnectAsync();
            using RawClient second = await server.ConnectAsync();
            foreach (string sent in FirstClient) await first.RoundTripAsync(sent);
            foreach (string sent in SecondClient) await second.RoundTripAsync(sent);
            await second.TrickleAsync("PUB slow 10\r\n0123456789\r\n");
            await second.RoundTripAsync($"PUB {Mark} 0\r\n\r\n");
        }

        Assert.Equal(await TraceOfOracleAsync(TalkAsync, Mark), await TraceOfGatewayAsync(TalkAsync));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task LastOperationOfAWrongClient_IsShownAsTheOracleShowsIt(string ending)
    {
        async Task TalkAsync(TestServer server)
        {
            using RawClient client = await server.ConnectAsync();
            await client.RoundTripAsync("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB x 1\r\n");
            await client.SendAsync(ending);
            await client.ReadToEndAsync();
        }

        Assert.Equal(await TraceOfOracleAsync(TalkAsync, "[DELSUB 1]"), await TraceOfGatewayAsync(TalkAsync));
    }

    /// <summary>CONNECT is looked at a second time when the password has been compared.</summary>
    [Fact]
    public async Task LoginWithAHashedPassword_IsShownOnce()
    {
        static async Task TalkAsync(TestServer server)
        {
            using RawClient client = await server.ConnectAsync();
            await client.RoundTripAsync("CONNECT {\"verbose\":true,\"user\":\"u\",\"pass\":\"secret\"}\r\n");
        }

        string hash = BCrypt.Net.BCrypt.HashPassword("secret", workFactor: 4);
        Assert.Equal(
            await TraceOfGatewayAsync(TalkAsync, Options with { User = "u", Password = "secret" }),
            await TraceOfGatewayAsync(TalkAsync, Options with { User = "u", Password = hash }));
    }

    [Fact]
    public async Task LogOfTheProgram_HasTheLinesInItsOwnForm()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.File("data"), Flags = ["-DV", "-st", "memory"] });
        using RawClient client = await RawClient.ConnectAsync(server.Port);
        await client.RoundTripAsync("CONNECT {\"verbose\":false,\"name\":\"n\"}\r\nPUB a 2\r\nhi\r\n");
        await client.LeaveAsync();

        await server.WaitForLogAsync("Client connection closed: Client Closed");
        Assert.Matches("""\[\d+\] [0-9/]+ [0-9:.]+ \[DBG\] 127\.0\.0\.1:\d+ - cid:\d+ - Client connection created""", server.Log);
        Assert.Matches("""\[\d+\] [0-9/]+ [0-9:.]+ \[TRC\] 127\.0\.0\.1:\d+ - cid:\d+ - "n" - <<- \[PUB a 2\]""", server.Log);
        Assert.Matches("""\[\d+\] [0-9/]+ [0-9:.]+ \[TRC\] 127\.0\.0\.1:\d+ - cid:\d+ - "n" - <<- MSG_PAYLOAD: \["hi"\]""", server.Log);
    }

    /// <summary>The oracle's log comes through a pipe: it is complete when the last line that is expected of it has come.</summary>
    private static async Task<string> TraceOfOracleAsync(Func<TestServer, Task> talkAsync, string last)
    {
        var server = (OracleServer)await TestServer.StartAsync(ServerKind.Oracle, Options);
        await using (server)
        {
            await talkAsync(server);
            using var patience = new CancellationTokenSource(Patience.Long);
            while (!server.Log.Any(line => line.Contains(last, StringComparison.Ordinal))) await Task.Delay(10, patience.Token);
            return Normalise(server.Log.Where(static line => line.Contains("[TRC]", StringComparison.Ordinal)));
        }
    }

    private static async Task<string> TraceOfGatewayAsync(Func<TestServer, Task> talkAsync, GatewayOptions? options = null)
    {
        var log = new RecordingLog();
        await using GatewayServer server = await GatewayServer.StartAsync(options ?? Options, log);
        await talkAsync(server);
        return Normalise(log.Traces);
    }

    /// <summary>Connections are named by the order in which they appear. What a timer sends is left out.</summary>
    private static string Normalise(IEnumerable<string> lines)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        string NameOf(Match connection)
        {
            if (!names.TryGetValue(connection.Value, out string? name)) names[connection.Value] = name = $"client {names.Count + 1}";
            return name;
        }

        return string.Join('\n', lines
            .TakeWhile(static line => !line.Contains(Mark, StringComparison.Ordinal))
            .Where(static line => !line.EndsWith("->> [PING]", StringComparison.Ordinal))
            .Select(line => Connection().Replace(line, NameOf))
            .Select(static line => line[line.IndexOf("client ", StringComparison.Ordinal)..]));
    }

    [GeneratedRegex(@"127\.0\.0\.1:[0-9]+ - cid:[0-9]+")]
    private static partial Regex Connection();
}
