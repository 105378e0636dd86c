using System.Text.Json;
using Bayou.Gateway.Routes;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>Who belongs to a cluster, and what its clients and its operators are told.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData("BBB")]
    [InlineData("BnB")]
    [InlineData("nBB")]
    [InlineData("nBn")]
    public async Task ServersWithoutAConfiguredName_AgreeOnOne(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds, new ClusterOptions());
        string?[] names = await Task.WhenAll(mesh.Nodes.Select(static node => NameOfClusterAsync(node.Server)));
        Assert.Single(names.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("BB")]
    [InlineData("Bn")]
    [InlineData("nB")]
    public async Task ServerWithoutAConfiguredName_TakesTheOther(string kinds)
    {
        await using var mesh = new Mesh();
        await mesh.AddAsync(kinds[0], new ClusterOptions { Name = "east" });
        await mesh.AddAsync(kinds[1], new ClusterOptions());
        await mesh.SettleAsync();
        Assert.Equal("east", await NameOfClusterAsync(mesh[1].Server));
    }

    [Theory]
    [InlineData("BB")]
    [InlineData("Bn")]
    [InlineData("nB")]
    public async Task ServerOfAnotherCluster_IsKeptOut(string kinds)
    {
        await using var mesh = new Mesh();
        await mesh.AddAsync(kinds[0], new ClusterOptions { Name = "east" });
        await mesh.AddAsync(kinds[1], new ClusterOptions { Name = "west" });
        await AssertStrangersAsync(mesh, 50);
    }

    [Theory]
    [InlineData("BB")]
    [InlineData("Bn")]
    [InlineData("nB")]
    public async Task ServerWithAWrongPassword_IsKeptOut(string kinds)
    {
        await using var mesh = new Mesh();
        await mesh.AddAsync(kinds[0], new ClusterOptions { Name = "east", User = "r", Password = "secret" });
        await mesh.AddAsync(kinds[1], new ClusterOptions { Name = "east", User = "r", Password = "wrong" });
        await AssertStrangersAsync(mesh, 50);
    }

    /// <summary>The third server is heard of, and dialed with the password of this cluster.</summary>
    [Theory]
    [InlineData("BBB")]
    [InlineData("BnB")]
    [InlineData("nBB")]
    public async Task ServersWithThePassword_FormAMesh(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds, new ClusterOptions { Name = "east", User = "r", Password = "secret" });
        foreach (MeshNode node in mesh.Nodes) Assert.Equal(2, await Monitoring.CountRoutesAsync(node.Server));
    }

    [Theory]
    [InlineData("BB", 'B')]
    [InlineData("nB", 'B')]
    [InlineData("nB", 'n')]
    [InlineData("Bn", 'n')]
    public async Task Clients_HearOfServersThatComeAndGo(string kinds, char third)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        using RawClient client = await RawClient.ConnectAsync(mesh[1].Server.Port);
        Assert.Equal(Urls(mesh), ClientInfo.UrlsOf(client.Info));
        await client.RoundTripAsync("CONNECT {\"verbose\":false,\"protocol\":1}\r\n");

        MeshNode added = await mesh.AddAsync(third);
        Assert.Equal(Urls(mesh), ClientInfo.UrlsOf(await client.ReadUntilAsync("\r\n")));
        string[] left = [.. Urls(mesh).Where(url => url != $"127.0.0.1:{added.Server.Port}")];
        await added.StopAsync();
        Assert.Equal(left, ClientInfo.UrlsOf(await ClientInfo.ReadAsync(client)));
    }

    [Fact]
    public async Task ClientThatHasNotBeenAnswered_IsToldNothingButWhatItMissedAfterwards()
    {
        await using Mesh mesh = await Mesh.StartAsync("B");
        using RawClient early = await RawClient.ConnectAsync(mesh[0].Server.Port);
        using RawClient old = await RawClient.ConnectAsync(mesh[0].Server.Port);
        await old.RoundTripAsync("CONNECT {\"verbose\":false,\"protocol\":0}\r\n");
        await early.SendAsync("CONNECT {\"verbose\":false,\"protocol\":1}\r\n");
        await mesh.AddAsync('B');
        await mesh.SettleAsync();
        Assert.Equal("", await early.RoundTripAsync());
        Assert.Equal(Urls(mesh), ClientInfo.UrlsOf(await early.ReadUntilAsync("\r\n")));
        Assert.Equal("", await old.RoundTripAsync());
    }

    [Fact]
    public async Task ServerThatDoesNotAdvertise_IsNotNamedAndNamesNobody()
    {
        await using var mesh = new Mesh();
        await mesh.AddAsync('B');
        await mesh.AddAsync('B', new ClusterOptions { Name = "east", NoAdvertise = true });
        await mesh.SettleAsync();
        using RawClient first = await RawClient.ConnectAsync(mesh[0].Server.Port);
        Assert.Equal([$"127.0.0.1:{mesh[0].Server.Port}"], ClientInfo.UrlsOf(first.Info));
        using RawClient second = await RawClient.ConnectAsync(mesh[1].Server.Port);
        Assert.DoesNotContain("connect_urls", second.Info, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("varz")]
    [InlineData("routez")]
    [InlineData("routez?subs=1")]
    [InlineData("routez?subs=detail")]
    public async Task Page_HasEveryFieldOfTheOracle(string page)
    {
        await using Mesh mesh = await Mesh.StartAsync("nnB");
        foreach (MeshNode node in mesh.Nodes)
        {
            NatsConnection client = await node.ConnectAsync();
            client.Subscribe("a.b");
            client.Subscribe("a.*", queue: "q");
            await client.RoundTripAsync();
        }

        await mesh.SettleAsync();
        JsonElement expected = await Monitoring.GetAsync(mesh[1].Server, page);
        JsonElement actual = await Monitoring.GetAsync(mesh[2].Server, page);
        JsonShape.AssertHasAllOf(expected, actual, page);
    }

    [Fact]
    public async Task Info_HasEveryFieldOfTheOracle()
    {
        await using Mesh mesh = await Mesh.StartAsync("nB", new ClusterOptions());
        using RawClient oracle = await RawClient.ConnectAsync(mesh[0].Server.Port);
        using RawClient gateway = await RawClient.ConnectAsync(mesh[1].Server.Port);
        JsonShape.AssertHasAllOf(
            JsonSerializer.Deserialize<JsonElement>(oracle.Info["INFO ".Length..]), JsonSerializer.Deserialize<JsonElement>(gateway.Info["INFO ".Length..]), "INFO");
    }

    /// <summary>Nothing tells that something will never come about; so many questions are asked that it would have by then.</summary>
    private static async Task AssertStrangersAsync(Mesh mesh, int questions)
    {
        NatsConnection responder = await mesh[0].ConnectAsync();
        responder.Subscribe("service", message => responder.Publish(message.ReplyTo, "x"u8));
        await responder.RoundTripAsync();
        NatsConnection requester = await mesh[1].ConnectAsync();
        for (int i = 0; i < questions; i++)
        {
            Assert.True((await requester.RequestAsync("service", "x"u8)).IsNoResponders);
            await Task.Delay(Patience.Silence / 10);
        }
    }

    private static async Task<string?> NameOfClusterAsync(TestServer server) =>
        (await Monitoring.GetAsync(server, "varz")).GetProperty("cluster").GetProperty("name").GetString();

    private static string[] Urls(Mesh mesh) => [.. mesh.Nodes.Select(static node => $"127.0.0.1:{node.Server.Port}").Order(StringComparer.Ordinal)];
}
