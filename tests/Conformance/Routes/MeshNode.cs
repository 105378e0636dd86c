using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.TestKit;
using Bayou.TestKit.Nats;

namespace Bayou.Conformance.Routes;

/// <summary>One server of a mesh, with a client of its own by which the mesh knows how far its servers are.</summary>
public sealed class MeshNode : IAsyncDisposable
{
    /// <summary>Between questions: nobody tells a client that a route has come about.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan QuestionBudget = TimeSpan.FromSeconds(3);

    private readonly List<NatsConnection> _clients = [];
    private readonly string _echo = UniqueName.Next("mesh.echo");
    private NatsConnection _control = null!;
    private bool _isRunning;

    private MeshNode(ServerKind kind, GatewayOptions options, TestServer server)
    {
        Kind = kind;
        Options = options;
        Server = server;
    }

    public ServerKind Kind { get; }

    public GatewayOptions Options { get; }

    public TestServer Server { get; private set; }

    public RouteUrl Url => new("127.0.0.1", Server.ClusterPort);

    public static async Task<MeshNode> StartAsync(ServerKind kind, ClusterOptions cluster, GatewayOptions? options = null)
    {
        GatewayOptions whole = (options ?? new GatewayOptions()) with { Cluster = cluster, ServerName = UniqueName.Next("node") };
        var node = new MeshNode(kind, whole, await TestServer.StartAsync(kind, whole));
        await node.AttachAsync();
        return node;
    }

    /// <summary>A client of this server, closed with it.</summary>
    public async Task<NatsConnection> ConnectAsync()
    {
        NatsConnection client = await NatsConnection.ConnectAsync(Server.Port);
        _clients.Add(client);
        return client;
    }

    /// <summary>
    /// Completes when the two servers have a route, and the other one knows what clients of this one subscribed to before: interest
    /// and messages travel in order.
    /// </summary>
    public async Task ReachAsync(MeshNode other)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (!await IsAnsweredAsync(other._echo)) await Task.Delay(Pause, patience.Token);
    }

    /// <summary>Stops the server at once; it can be started again.</summary>
    public async Task StopAsync()
    {
        if (!_isRunning) return;
        _isRunning = false;
        foreach (NatsConnection client in _clients) await client.DisposeAsync();
        _clients.Clear();
        await Server.DisposeAsync();
    }

    /// <summary>The same server again, on the same ports.</summary>
    public async Task StartAgainAsync()
    {
        GatewayOptions options = Options with { Port = Server.Port, Cluster = Options.Cluster! with { Port = Server.ClusterPort } };
        Server = await TestServer.StartAsync(Kind, options);
        await AttachAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>A question may be lost with a route that servers give up while they agree on a mesh.</summary>
    private async Task<bool> IsAnsweredAsync(string subject)
    {
        try
        {
            return !(await _control.RequestAsync(subject, "x"u8, QuestionBudget)).IsNoResponders;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task AttachAsync()
    {
        _isRunning = true;
        _control = await ConnectAsync();
        _control.Subscribe(_echo, message => _control.Publish(message.ReplyTo, "x"u8));
        await _control.RoundTripAsync();
    }
}
