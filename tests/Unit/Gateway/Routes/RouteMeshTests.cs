using System.Text.Json;
using System.Text.Json.Nodes;
using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bayou.Unit.Gateway.Routes;

public sealed class RouteMeshTests
{
    private readonly LocalInterest _interest = new();
    private readonly SubjectRouter _router;
    private readonly ClientUrls _urls = new(static () => ["10.0.0.5:4222"]);
    private readonly RecordingExtension _extension = new();
    private readonly List<string> _heardOf = [];

    public RouteMeshTests() => _router = new SubjectRouter(_interest);

    [Fact]
    public void Greeting_SaysWhoThisServerIs()
    {
        RouteMesh mesh = NewMesh(new ClusterOptions { Name = "east", User = "u", Password = "p" });
        string greeting = System.Text.Encoding.UTF8.GetString(mesh.Greet(new FakeRoute(_router).Route));
        Assert.StartsWith("INFO {", greeting, StringComparison.Ordinal);
        Assert.EndsWith(" \r\n", greeting, StringComparison.Ordinal);
        JsonElement info = JsonSerializer.Deserialize<JsonElement>(greeting["INFO ".Length..]);
        Assert.Equal("me", info.GetProperty("server_name").GetString());
        Assert.Equal("east", info.GetProperty("cluster").GetString());
        Assert.Equal(6222, info.GetProperty("port").GetInt32());
        Assert.Equal("10.0.0.5:4222", info.GetProperty("connect_urls")[0].GetString());
        Assert.Equal("five", info.GetProperty("bayou").GetProperty("node").GetString());
        Assert.Equal(ServerIdentity.BayouVersion, info.GetProperty("bayou").GetProperty("version").GetString());
        Assert.True(info.GetProperty("auth_required").GetBoolean());
        Assert.False(info.TryGetProperty("lnoc", out _));
    }

    [Fact]
    public void ServerThatDials_LogsInFirst()
    {
        RouteMesh mesh = NewMesh();
        string greeting = System.Text.Encoding.UTF8.GetString(mesh.Greet(new FakeRoute(_router, isSolicited: true).Route));
        Assert.Matches("^CONNECT \\{.*\"cluster\":\"east\".*\\}\r\nINFO \\{", greeting);
    }

    [Fact]
    public void NewServer_IsIntroducedToTheOthersAndTheirClients()
    {
        RouteMesh mesh = NewMesh();
        FakeRoute first = Meet(mesh, "N1", "10.0.0.1:4222");
        Assert.Empty(first.TakeLines());
        FakeRoute second = Meet(mesh, "N2", "10.0.0.2:4222");
        string line = Assert.Single(first.TakeLines());
        JsonElement info = JsonSerializer.Deserialize<JsonElement>(line["INFO ".Length..]);
        Assert.Equal("N2", info.GetProperty("server_id").GetString());
        Assert.Equal("nats-route://10.0.0.1:6222/", info.GetProperty("ip").GetString());
        Assert.Empty(second.TakeLines());
        Assert.Equal(["10.0.0.5:4222", "10.0.0.1:4222", "10.0.0.2:4222"], _urls.All);

        mesh.OnClosed(first.Route);
        Assert.Equal(["10.0.0.5:4222", "10.0.0.2:4222"], _urls.All);
        Assert.Equal("N2", Assert.Single(mesh.Routes).Remote!.ServerId);
    }

    [Fact]
    public void ServerThatWasHeardOf_IsDialedOnceNeeded()
    {
        RouteMesh mesh = NewMesh(new ClusterOptions { Name = "east", User = "u", Password = "p", Routes = [new RouteUrl("10.0.0.1", 7000)] });
        FakeRoute route = Meet(mesh, "N1");
        Meet(mesh, "N2");
        RouteInfo HeardOf(string id) => FakeRoute.Info(id) with { Ip = "nats-route://10.0.0.9:6222/" };

        mesh.OnInfo(route.Route, HeardOf("N2"));
        mesh.OnInfo(route.Route, HeardOf(ServerId(mesh)));
        mesh.OnInfo(route.Route, HeardOf("N3") with { Port = 7000 });
        Assert.Empty(_heardOf);
        mesh.OnInfo(route.Route, HeardOf("N3"));
        mesh.OnInfo(route.Route, HeardOf("N4") with { AuthRequired = true });
        mesh.OnInfo(route.Route, HeardOf("N4") with { Ip = "%" });
        Assert.Equal(["10.0.0.9:6222 ", "10.0.0.9:6222 u"], _heardOf);
    }

    [Fact]
    public void ServerOfAnotherCluster_IsToldSoAndClosed()
    {
        RouteMesh mesh = NewMesh();
        var route = new FakeRoute(_router);
        Assert.Equal(ProtocolError.Rejected, mesh.OnConnect(route.Route, new RouteConnect { Name = "N1", Cluster = "west" }));
        Assert.Equal(["-ERR 'Rejecting connection, cluster name \"west\" does not match \"east\"'"], route.TakeLines());
        Assert.Equal(ClosedReason.ClusterNameConflict, route.Route.ClosedReason);
        Assert.Empty(mesh.Routes);
    }

    [Fact]
    public void ClientOnTheWrongPort_IsToldSoAndClosed()
    {
        var route = new FakeRoute(_router);
        Assert.Equal(ProtocolError.Rejected, NewMesh().OnConnect(route.Route, new RouteConnect { Language = "go" }));
        Assert.Equal(["-ERR 'attempted to connect to route port'"], route.TakeLines());
        Assert.Equal(ClosedReason.WrongPort, route.Route.ClosedReason);
    }

    [Fact]
    public void NameThatIsTakenOver_EndsTheRoutesThatWereMadeUnderTheOldOne()
    {
        RouteMesh mesh = NewMesh(new ClusterOptions());
        string made = mesh.ClusterName;
        var old = new FakeRoute(_router);
        Assert.Equal(ProtocolError.None, mesh.OnInfo(old.Route, FakeRoute.Info("N1", cluster: made, isDynamic: true)));
        var configured = new FakeRoute(_router);
        Assert.Equal(ProtocolError.None, mesh.OnInfo(configured.Route, FakeRoute.Info("N2", cluster: "east")));
        Assert.Equal(("east", false), (mesh.ClusterName, mesh.IsClusterNameDynamic));
        Assert.Equal(ClosedReason.ClusterNameConflict, old.Route.ClosedReason);
        Assert.False(configured.Route.IsClosed);
    }

    [Fact]
    public async Task LossOfARoute_WakesThoseWhoWaitForIt()
    {
        RouteMesh mesh = NewMesh();
        FakeRoute route = Meet(mesh, "N1");
        Task lost = mesh.WhenLostAsync("N1");
        Assert.False(lost.IsCompleted);
        Assert.True(mesh.WhenLostAsync("N2").IsCompleted);
        mesh.OnClosed(route.Route);
        await lost;
    }

    [Fact]
    public void Extension_HearsOfItsLikesAlone()
    {
        RouteMesh mesh = NewMesh();
        FakeRoute route = Meet(mesh, "N1");
        var foreign = new FakeRoute(_router);
        mesh.OnInfo(foreign.Route, FakeRoute.Info("N2", isBayou: false));
        mesh.OnInfo(route.Route, FakeRoute.Info("N1") with { Bayou = JsonSerializer.Deserialize<JsonElement>("""{"node":"again"}""") });
        mesh.OnClosed(foreign.Route);
        mesh.OnClosed(route.Route);
        Assert.Equal(["N1: N1", "N1: again", "N1 lost"], _extension.Calls);
    }

    [Fact]
    public void RouteThatIsReplaced_IsNoLossOfThePeer()
    {
        RouteMesh mesh = NewMesh();
        var accepted = new FakeRoute(_router);
        var dialed = new FakeRoute(_router, isSolicited: true);
        string greater = ServerId(mesh) + "Z";
        mesh.OnInfo(accepted.Route, FakeRoute.Info(greater, urls: "u:1"));
        mesh.OnInfo(dialed.Route, FakeRoute.Info(greater, urls: "u:1"));
        mesh.OnClosed(accepted.Route);
        Assert.Equal(ClosedReason.DuplicateRoute, accepted.Route.ClosedReason);
        Assert.DoesNotContain(_extension.Calls, static call => call.EndsWith("lost", StringComparison.Ordinal));
        Assert.Equal(["10.0.0.5:4222", "u:1"], _urls.All);
    }

    [Fact]
    public void Announcement_TellsEveryServerAgain()
    {
        RouteMesh mesh = NewMesh();
        FakeRoute route = Meet(mesh, "N1");
        _extension.Node = "six";
        mesh.Announce();
        Assert.Contains("\"node\":\"six\"", Assert.Single(route.TakeLines()), StringComparison.Ordinal);
    }

    [Fact]
    public void LameDuck_TakesItsClientsAddressesBack()
    {
        RouteMesh mesh = NewMesh();
        FakeRoute route = Meet(mesh, "N1", "10.0.0.1:4222");
        mesh.OnInfo(route.Route, FakeRoute.Info("N1", urls: "10.0.0.1:4222") with { IsLameDuck = true });
        Assert.Equal(["10.0.0.5:4222"], _urls.All);
        mesh.OnClosed(route.Route);
        Assert.Equal(["10.0.0.5:4222"], _urls.All);

        FakeRoute other = Meet(mesh, "N2");
        mesh.EnterLameDuck();
        Assert.Contains("\"ldm\":true", Assert.Single(other.TakeLines()), StringComparison.Ordinal);
    }

    [Fact]
    public void ServerThatAdvertisesNothing_KeepsWhatItHearsToItself()
    {
        RouteMesh mesh = NewMesh(new ClusterOptions { Name = "east", NoAdvertise = true });
        var route = new FakeRoute(_router);
        Assert.DoesNotContain("connect_urls", System.Text.Encoding.UTF8.GetString(mesh.Greet(route.Route)), StringComparison.Ordinal);
        mesh.OnInfo(route.Route, FakeRoute.Info("N1", urls: "10.0.0.1:4222"));
        Assert.Equal(["10.0.0.5:4222"], _urls.All);
    }

    [Fact]
    public void ForeignServers_AreServedWhileAskedTo()
    {
        RouteMesh mesh = NewMesh();
        var foreign = new FakeRoute(_router);
        mesh.OnInfo(foreign.Route, FakeRoute.Info("N2", isBayou: false));
        FakeRoute own = Meet(mesh, "N1");
        mesh.ServesForeignServers = true;
        Assert.True(foreign.Route.IsServed);
        Assert.False(own.Route.IsServed);
        mesh.ServesForeignServers = false;
        Assert.False(foreign.Route.IsServed);
    }

    private static string ServerId(RouteMesh mesh)
    {
        string greeting = System.Text.Encoding.UTF8.GetString(mesh.Greet(new FakeRoute(new SubjectRouter()).Route));
        return JsonSerializer.Deserialize<JsonElement>(greeting["INFO ".Length..]).GetProperty("server_id").GetString()!;
    }

    private FakeRoute Meet(RouteMesh mesh, string id, params string[] urls)
    {
        var route = new FakeRoute(_router);
        Assert.Equal(ProtocolError.None, mesh.OnInfo(route.Route, FakeRoute.Info(id, urls: urls)));
        return route;
    }

    private RouteMesh NewMesh(ClusterOptions? cluster = null)
    {
        cluster ??= new ClusterOptions { Name = "east" };
        var options = new GatewayOptions { Cluster = cluster, ServerName = "me" };
        var mesh = new RouteMesh(
            new CurrentSettings(options),
            cluster,
            new ServerIdentity("me", DateTimeOffset.UnixEpoch),
            new AdvertisedAddresses(options, static () => 4222, static () => 6222),
            _interest,
            _urls,
            _extension,
            NullLogger<RouteMesh>.Instance);
        mesh.ServerHeardOf += url => _heardOf.Add($"{url.Address} {url.User}");
        return mesh;
    }

    private sealed class RecordingExtension : IRouteInfoExtension
    {
        public string Node { get; set; } = "five";

        public List<string> Calls { get; } = [];

        public JsonObject Describe() => new() { ["node"] = Node };

        public void OnPeer(RoutePeer peer, JsonElement description) => Calls.Add($"{peer.ServerId}: {description.GetProperty("node").GetString()}");

        public void OnPeerLost(RoutePeer peer) => Calls.Add($"{peer.ServerId} lost");
    }
}
