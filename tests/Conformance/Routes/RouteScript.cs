using System.Text;
using System.Text.RegularExpressions;
using Bayou.Gateway;
using Bayou.Gateway.Routes;

namespace Bayou.Conformance.Routes;

/// <summary>
/// A server between a client and a peer, both of which speak raw bytes. What each of the two is sent is written down in the order of
/// the steps.
/// </summary>
internal sealed partial class RouteScript : IAsyncDisposable
{
    public const string Connect = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"name\":\"NPEER\",\"cluster\":\"east\"}\r\n";

    public const string Info =
        "INFO {\"server_id\":\"NPEER\",\"server_name\":\"peer\",\"version\":\"2.9.10\",\"proto\":2,\"host\":\"127.0.0.1\",\"port\":9,"
        + "\"headers\":true,\"max_payload\":1048576,\"cluster\":\"east\"}\r\n";

    private readonly TestServer _server;
    private readonly RawClient _client;
    private readonly RawClient _peer;
    private readonly StringBuilder _log = new();

    private RouteScript(TestServer server, RawClient client, RawClient peer)
    {
        _server = server;
        _client = client;
        _peer = peer;
    }

    /// <summary>Plays the steps: a receiver and what it sends.</summary>
    public static async Task<string> PlayAsync(ServerKind kind, IEnumerable<string> steps)
    {
        await using RouteScript script = await StartAsync(kind);
        foreach (string step in steps) await script.StepAsync(step);
        return script._log.ToString();
    }

    /// <summary>Plays the steps against a server that somebody else started.</summary>
    public static async Task PlayAsync(TestServer server, IEnumerable<string> steps)
    {
        RouteScript script = await AttachAsync(server);
        foreach (string step in steps) await script.StepAsync(step);
        script._client.Dispose();
        script._peer.Dispose();
    }

    public static Task<TestServer> StartServerAsync(ServerKind kind, ClusterOptions? cluster = null) =>
        TestServer.StartAsync(kind, new GatewayOptions { Cluster = cluster ?? new ClusterOptions { Name = "east" } });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _peer.Dispose();
        await _server.DisposeAsync();
    }

    private static async Task<RouteScript> StartAsync(ServerKind kind) => await AttachAsync(await StartServerAsync(kind));

    private static async Task<RouteScript> AttachAsync(TestServer server)
    {
        RawClient client = await server.ConnectAsync();
        await client.RoundTripAsync(RawClient.Quiet);
        RawClient peer = await RawClient.ConnectAsync(server.ClusterPort);
        await peer.RoundTripAsync(Connect + Info);
        return new RouteScript(server, client, peer);
    }

    private async Task StepAsync(string step)
    {
        int colon = step.IndexOf(": ", StringComparison.Ordinal);
        (string sender, string text) = (step[..colon], step[(colon + 2)..]);
        (RawClient first, RawClient second) = sender == "client" ? (_client, _peer) : (_peer, _client);
        string toFirst = await first.RoundTripAsync(text);
        string toSecond = await second.RoundTripAsync();
        _log.Append($"{sender}: {text}");
        _log.Append(Show("to client", sender == "client" ? toFirst : toSecond));
        _log.Append(Show("to peer", sender == "client" ? toSecond : toFirst));
    }

    /// <summary>Leaves out what timers send, and what concerns accounts that only one kind of server has.</summary>
    private static string Show(string receiver, string text)
    {
        string shown = OfOtherAccounts().Replace(text, "").Replace("PING\r\n", "", StringComparison.Ordinal);
        return shown.Length == 0 ? "" : $"  {receiver}: {shown.Replace("\r\n", "\\r\\n\n", StringComparison.Ordinal)}";
    }

    [GeneratedRegex(@"RS[+-] \$SYS [^\n]*\n|RMSG \$SYS [^\n]*\n[^\n]*\n|INFO [^\n]*\n")]
    private static partial Regex OfOtherAccounts();
}
