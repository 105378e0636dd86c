using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>What other parts of a server can do with its routes.</summary>
public sealed class ExtensionTests
{
    [Fact]
    public async Task ServersOfOurKind_TellEachOtherWhatTheirPartsHaveToSay()
    {
        var one = new Extension("one");
        var two = new Extension("two");
        await using GatewayServer first = await StartAsync(one);
        GatewayServer second = await StartAsync(two, first.ClusterPort);
        await using (second)
        {
            Assert.Equal("two", await one.NextAsync());
            Assert.Equal("one", await two.NextAsync());
            two.Text = "second";
            second.Services.GetRequiredService<RouteMesh>().Announce();
            Assert.Equal("second", await one.NextAsync());
        }

        Assert.Equal("lost", await one.NextAsync());
    }

    [Fact]
    public async Task NatsServer_NeitherTellsNorMinds()
    {
        var extension = new Extension("one");
        await using MeshNode oracle = await MeshNode.StartAsync(ServerKind.Oracle, new ClusterOptions { Name = "east" });
        await using GatewayServer server = await StartAsync(extension, oracle.Server.ClusterPort);
        await using NatsConnection client = await NatsConnection.ConnectAsync(server.Port);
        NatsSubscription subscription = client.Subscribe("a");
        await client.RoundTripAsync();
        await using NatsConnection other = await NatsConnection.ConnectAsync(oracle.Server.Port);
        while (subscription.TakeOrNull() is null)
        {
            other.Publish("a", "x"u8);
            await other.RoundTripAsync();
            await client.RoundTripAsync();
        }

        server.Services.GetRequiredService<RouteMesh>().Announce();
        other.Publish("a", "y"u8);
        while ((await subscription.NextAsync()).Text != "y")
        {
            // What was published before the route was known to be there.
        }

        Assert.Equal(0, extension.CallCount);
    }

    /// <summary>Clients of a NATS server are answered where one is told to; those of another Bayou server never are.</summary>
    [Theory]
    [InlineData('n', true)]
    [InlineData('B', false)]
    public async Task PartOfAServer_ServesForeignServersWhileItIsToldTo(char kind, bool isServed)
    {
        await using Mesh mesh = await Mesh.StartAsync($"{kind}B");
        IServiceProvider services = ((GatewayServer)mesh[1].Server).Services;
        var router = services.GetRequiredService<SubjectRouter>();
        router.Subscribe("_STAN.service"u8, new Echo(router.CreatePublisher()));
        NatsConnection client = await mesh[0].ConnectAsync();
        await mesh.SettleAsync();
        Assert.True((await client.RequestAsync("_STAN.service", "x"u8)).IsNoResponders);

        services.GetRequiredService<RouteMesh>().ServesForeignServers = true;
        await mesh.SettleAsync();
        Assert.Equal(isServed, !(await client.RequestAsync("_STAN.service", "x"u8)).IsNoResponders);
        services.GetRequiredService<RouteMesh>().ServesForeignServers = false;
        await mesh.SettleAsync();
        Assert.True((await client.RequestAsync("_STAN.service", "x"u8)).IsNoResponders);
    }

    private static Task<GatewayServer> StartAsync(Extension extension, int seed = 0) => GatewayServer.StartAsync(
        new GatewayOptions { Cluster = new ClusterOptions { Name = "east", Routes = seed == 0 ? [] : [new RouteUrl("127.0.0.1", seed)] } },
        configure: services => services.AddSingleton<IRouteInfoExtension>(extension));

    private sealed class Extension(string text) : IRouteInfoExtension
    {
        private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

        public string Text { get; set; } = text;

        public int CallCount => _calls.Reader.Count;

        public JsonObject Describe() => new() { ["text"] = Text };

        public void OnPeer(RoutePeer peer, JsonElement description) => _calls.Writer.TryWrite(description.GetProperty("text").GetString()!);

        public void OnPeerLost(RoutePeer peer) => _calls.Writer.TryWrite("lost");

        public async Task<string> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
    }

    private sealed class Echo(InternalPublisher publisher) : IInternalSubscriber
    {
        public void OnMessage(in PublishedMessage message) => publisher.Publish(message.ReplyTo, default, message.Payload);

        public void OnReadCompleted(Connection connection) => publisher.Flush();
    }
}
