using System.Text;
using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Several users: both servers get the same users and the same operations, and must answer alike, byte for byte.</summary>
public sealed class PermissionTests(PermissionTests.Servers servers) : IClassFixture<PermissionTests.Servers>
{
    private static readonly GatewayOptions Options = new()
    {
        Users =
        [
            User("root"),
            User("lists", publish: ("a.* b.>", "a.x b.z.>"), subscribe: ("a.* b.> q.foo_q1 q.w_v1.* m m_g s_*.dev", "a.x q.foo_q2 a.z_dq")),
            User("deny", publish: ("", "a.x"), subscribe: ("", "a.x c.*_q9 foo foo_q2")),
            User("answer", subscribe: ("svc.>", ""), responses: new ResponsePermission()),
            User("answers", publish: ("", "in.x"), responses: new ResponsePermission { MaxMessages = 2 }),
            User("always", publish: ("log.>", ""), subscribe: ("", "svc.secret"), responses: new ResponsePermission { MaxMessages = -1, Expires = TimeSpan.FromSeconds(-1) }),
            User("late", responses: new ResponsePermission { Expires = TimeSpan.FromMicroseconds(1) }),
            User("group", publish: ("a_b", "")),
            User("hash") with { Password = BCrypt.Net.BCrypt.HashPassword("p", workFactor: 4) },
            User("hashed", publish: ("a.*", "")) with { Password = BCrypt.Net.BCrypt.HashPassword("p", workFactor: 4) },
        ],
    };

    /// <summary>Each is a list of operations with who sends them. A PUB has one byte; a client that only listens gives none.</summary>
    private static readonly string[] Transcripts =
    [
        // Publishing.
        "lists PUB a.b; lists PUB a.x; lists PUB b; lists PUB b.c.d; lists PUB b.z.q; lists PUB b.z.*; lists PUB a.*; lists PUB a.>; lists PUB a..b; lists PUB .a; lists PUB a.b",
        "lists PUB c\xff\"\\c; lists PUB d\xc3\xa9; lists PUB a.b _R_.x; lists PUB q _R_.x; lists PUB _GR_.x; lists HPUB a.x 12 12; lists HPUB a.y 12 12",
        "deny PUB a.x; deny PUB a.y; deny PUB a.x; group PUB a; group PUB a.b; root PUB a.x",
        "lists CONNECT {\"verbose\":true,\"pedantic\":true}; lists PUB nope.*; lists PUB nope; lists PUB a.b; lists PUB a..b; lists PUB a.b _R_.1; lists SUB nope 1; lists SUB a.b 2",

        // Subscribing alone and in groups.
        "lists SUB a.b 1; lists SUB a.x 2; lists SUB a.* 3; lists SUB > 5; lists SUB b.> 6; lists SUB b.* 7; lists SUB *.b 8; lists SUB * 9; lists SUB a..b 10; lists SUB zz. 11; lists SUB a..> 12",
        "lists SUB a.b q 1; lists SUB q.foo 2; lists SUB q.foo q1 3; lists SUB q.foo q2 4; lists SUB q.foo q3 5; lists SUB q.w v1.x 6; lists SUB q.w v1.* 7; lists SUB q.w v2 8; lists SUB q.w v1 9",
        "lists SUB m zz 1; lists SUB m g 2; lists SUB m 3; lists SUB a.z dq 4; lists SUB a.z dz 5; lists SUB a.* dq 6; lists SUB a.c _sys_ 7; lists SUB s v1.dev 8; lists SUB s v1.prod 9; lists SUB s 10",
        "lists SUB z\xe9\"\xff q\xe9\" 1; deny SUB c.* q9 1; deny SUB c.a q9 2; deny SUB c.a q8 3; deny SUB a.x q 4; deny SUB foo 5; deny SUB foo q1 6; deny SUB foo q2 7",
        "lists SUB a.b 1; lists SUB nope 1; lists SUB a.c 1; root PUB a.b; root PUB a.c; lists -",
        "lists SUB nope 1; lists UNSUB 1; lists SUB a.b 1; lists UNSUB 1 1; root PUB a.b; root PUB a.b; lists -",

        // What is denied inside of what is allowed.
        "lists SUB a.* 1; root PUB a.x; root PUB a.z; root PUB a.y; lists -",
        "deny SUB > 1; root PUB a.x; root PUB c.a; root PUB foo; root PUB a.y; deny -",
        "deny SUB *.* q 1; root SUB a.x q 7; root PUB a.x; root PUB a.x; root PUB a.x; root PUB a.x; deny -",
        "deny SUB a.* 1; deny UNSUB 1 2; root PUB a.x; root PUB a.x; root PUB a.y; root PUB a.y; root PUB a.y; deny -",
        "deny SUB a.* 1; root SUB in.> 9; root PUB a.x in.1; root PUB a.y in.1; deny -",
        "deny SUB foo q1 1; root PUB foo; deny -; deny SUB > 2; root PUB foo; deny -",

        // Answers.
        "answer SUB svc.> 1; root SUB in.> 9; root PUB svc.a in.1; answer PUB in.1; answer PUB in.1; answer PUB in.1; answer PUB zz; root -",
        "answer SUB svc.> 1; root PUB svc.a in.1; root PUB svc.a in.1; answer PUB in.1; answer PUB in.1; root PUB svc.a in.2; answer PUB in.1; answer PUB in.2",
        "answers SUB svc.> 1; root PUB svc.a in.x; answers PUB in.x; root PUB svc.a in.x; answers PUB in.x; answers PUB in.x; answers PUB in.x; answers PUB other",
        "always SUB svc.* 1; root PUB svc.secret in.1; root PUB svc.a in.2; always PUB in.1; always PUB in.2; always PUB in.2; always PUB log.x; always PUB in.3; always PUB log.x in.7; always PUB in.7",
        "late SUB svc 1; root PUB svc in.1; late PUB in.1; late PUB in.1",
        "answer SUB svc.a 1; answer HPUB in.1 12 12; root HPUB svc.a in.1 12 12; answer HPUB in.1 12 12",

        // Another user over the same connection.
        "lists SUB a.b 1; lists CONNECT {\"verbose\":false,\"user\":\"group\",\"pass\":\"p\"}; lists PUB a.b; root PUB a.b; lists -; lists CONNECT {\"user\":\"root\",\"pass\":\"p\"}; lists PUB nope; lists SUB a.x 2",
        "hash PUB a; hash CONNECT {\"user\":\"hashed\",\"pass\":\"p\"}; hash PUB a; hash PUB a.b; hash CONNECT {\"user\":\"hash\",\"pass\":\"p\"}; hash PUB a",
    ];

    public static TheoryData<int> Indexes() => [.. Enumerable.Range(0, Transcripts.Length)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public async Task Transcript_IsAnsweredAsByTheOracle(int index)
    {
        string expected = await PlayAsync(await servers.GetAsync(ServerKind.Oracle), Transcripts[index]);
        Assert.Equal(expected, await PlayAsync(await servers.GetAsync(ServerKind.Gateway), Transcripts[index]));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WrongUserOrPassword_IsAViolation(ServerKind kind)
    {
        TestServer server = await servers.GetAsync(kind);
        string[] wrong =
        [
            "{}", "{\"user\":\"lists\"}", "{\"user\":\"lists\",\"pass\":\"q\"}", "{\"user\":\"nobody\",\"pass\":\"p\"}", "{\"user\":\"hash\",\"pass\":\"q\"}", "{\"user\":\"hash\"}",
            "{\"auth_token\":\"p\"}",
        ];
        foreach (string connect in wrong)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync($"CONNECT {connect}\r\nPING\r\n");
            Assert.Equal("-ERR 'Authorization Violation'\r\n", await client.ReadToEndAsync());
        }
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WhatComesBehindASlowPassword_WaitsForTheVerdict(ServerKind kind)
    {
        const string Operations = "PUB a 1\r\nx\r\nSUB a.b 1\r\nPUB a.b 1\r\nx\r\n";
        const string Answer = "-ERR 'Permissions Violation for Publish to \"a\"'\r\nMSG a.b 1 1\r\nx\r\n";
        TestServer server = await servers.GetAsync(kind);
        using RawClient inOnePiece = await server.ConnectAsync();
        Assert.Equal(Answer, await inOnePiece.RoundTripAsync(Connect("hashed") + Operations));
        using RawClient byteByByte = await server.ConnectAsync();
        await byteByByte.TrickleAsync(Connect("hashed") + Operations);
        Assert.Equal(Answer, await byteByByte.RoundTripAsync());

        using RawClient closed = await server.ConnectAsync();
        await closed.SendAsync(Connect("hashed").Replace("\"p\"", "\"q\"", StringComparison.Ordinal) + Operations);
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await closed.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task Crowd_IsLetInOneAfterTheOther(ServerKind kind)
    {
        TestServer server = await servers.GetAsync(kind);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using RawClient client = await server.ConnectAsync();
            Assert.Equal("", await client.RoundTripAsync(Connect("hash")));
        }));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task Connz_NamesTheUser(ServerKind kind)
    {
        TestServer server = await servers.GetAsync(kind);
        using RawClient client = await server.ConnectAsync();
        await client.RoundTripAsync(Connect("answers"));
        using var http = new HttpClient();
        string page = await http.GetStringAsync($"http://127.0.0.1:{server.MonitoringPort}/connz?auth=1&user=answers");
        Assert.Contains("\"authorized_user\": \"answers\"", page, StringComparison.Ordinal);
        Assert.Contains("\"num_connections\": 1,", page, StringComparison.Ordinal);
        Assert.Contains("\"auth_required\": true", await http.GetStringAsync($"http://127.0.0.1:{server.MonitoringPort}/varz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Violations_AreLoggedAsByTheOracle()
    {
        const string Last = "Subject \"last\"";
        const string Operations = "SUB no q 1\r\nSUB no s\xe9 2\r\nSUB no 3\"\r\nPUB no.\xff 0\r\n\r\nPUB a.b _R_.x 0\r\n\r\nPUB last 0\r\n\r\n";

        // Its log comes through a pipe: it is complete when the last line has come.
        await using var oracle = (OracleServer)await TestServer.StartAsync(ServerKind.Oracle, Options);
        using RawClient theirs = await oracle.ConnectAsync();
        await theirs.RoundTripAsync(Connect("lists") + Operations);
        using var patience = new CancellationTokenSource(Patience.Long);
        while (!oracle.Log.Any(static line => line.EndsWith(Last, StringComparison.Ordinal))) await Task.Delay(10, patience.Token);

        var log = new RecordingLog();
        await using GatewayServer gateway = await GatewayServer.StartAsync(Options, log);
        using RawClient ours = await gateway.ConnectAsync();
        await ours.RoundTripAsync(Connect("lists") + Operations);
        Assert.Equal(Violations(oracle.Log), Violations(log.Errors));
        Assert.Equal(6, Violations(log.Errors).Length);
    }

    /// <summary>nats-server lets a subscription pass that takes in more than is allowed or hides less than is denied. Here is where that is not followed.</summary>
    [Fact]
    public async Task WhereTheOracleIsTooLenient_TheGatewayIsNot()
    {
        TestServer gateway = await servers.GetAsync(ServerKind.Gateway);
        Assert.Equal("lists -ERR 'Permissions Violation for Subscription to \"a.>\"'\r\n\n", await PlayAsync(gateway, "lists SUB a.> 1"));
        Assert.Equal(
            "lists \nlists -ERR 'Permissions Violation for Subscription to \"a.b\" (sid \"1\")'\r\n\nroot \nlists \n",
            await PlayAsync(gateway, "lists SUB a.b 1; lists CONNECT {\"user\":\"answer\",\"pass\":\"p\"}; root PUB a.b; lists -"));
    }

    /// <summary>Sends one operation after the other, and notes what each was answered.</summary>
    private static async Task<string> PlayAsync(TestServer server, string transcript)
    {
        var clients = new Dictionary<string, RawClient>(StringComparer.Ordinal);
        var answers = new StringBuilder();
        foreach (string step in transcript.Split("; "))
        {
            string[] parts = step.Split(' ', 2);
            if (!clients.TryGetValue(parts[0], out RawClient? client))
            {
                clients[parts[0]] = client = await server.ConnectAsync();
                await client.RoundTripAsync(Connect(parts[0]));
            }

            answers.Append(parts[0]).Append(' ').Append(await client.RoundTripAsync(Expand(parts[1]))).Append('\n');
        }

        foreach (RawClient client in clients.Values)
        {
            await client.LeaveAsync();
            client.Dispose();
        }

        return answers.ToString();
    }

    /// <summary>What the lines say, without whose connection it was.</summary>
    private static string[] Violations(IEnumerable<string> lines) => [.. lines
        .Select(static line => line.Split(" Violation - "))
        .Where(static parts => parts.Length == 2)
        .Select(static parts => parts[0][parts[0].LastIndexOf(' ')..] + parts[1])];

    private static string Expand(string operation) => operation switch
    {
        "-" => "",
        _ when operation.StartsWith("PUB", StringComparison.Ordinal) => operation + " 1\r\nx\r\n",
        _ when operation.StartsWith("HPUB", StringComparison.Ordinal) => operation + "\r\nNATS/1.0\r\n\r\n\r\n",
        _ => operation + "\r\n",
    };

    private static string Connect(string user) =>
        $"CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"user\":\"{user}\",\"pass\":\"p\"}}\r\n";

    private static GatewayUser User(string name, (string Allow, string Deny)? publish = null, (string Allow, string Deny)? subscribe = null, ResponsePermission? responses = null) => new()
    {
        Name = name,
        Password = "p",
        Permissions = new UserPermissions { Publish = Lists(publish), Subscribe = Lists(subscribe), Responses = responses },
    };

    /// <summary>Lists are written with blanks, and the blank before a queue group as an underscore.</summary>
    private static SubjectPermissions Lists((string Allow, string Deny)? lists) =>
        lists is { } given ? new SubjectPermissions { Allow = List(given.Allow), Deny = List(given.Deny) } : new SubjectPermissions();

    private static string[] List(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Replace('_', ' '))];

    /// <summary>One server of each kind with these users, started when first asked for.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly Dictionary<ServerKind, TestServer> _running = [];

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async Task<TestServer> GetAsync(ServerKind kind)
        {
            if (!_running.TryGetValue(kind, out TestServer? server)) _running[kind] = server = await TestServer.StartAsync(kind, Options);
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (TestServer server in _running.Values) await server.DisposeAsync();
        }
    }
}
