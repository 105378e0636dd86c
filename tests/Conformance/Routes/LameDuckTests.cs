using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Bayou.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>A server that is told to leave.</summary>
public sealed class LameDuckTests
{
    private const string Modern = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";

    private static readonly GatewayOptions Quick = new() { LameDuckDuration = TimeSpan.FromSeconds(1.5), LameDuckGracePeriod = TimeSpan.FromSeconds(0.3) };

    [Fact]
    public async Task Clients_AreToldAndThenSentAwayOneByOne()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(Quick with { Cluster = new ClusterOptions { Name = "east" } });
        RawClient[] clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.ConnectAsync()));
        foreach (RawClient client in clients) await client.RoundTripAsync(Modern);
        var stopping = new TaskCompletionSource();
        server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        long start = Stopwatch.GetTimestamp();
        server.Services.GetRequiredService<LameDuck>().Enter();
        foreach (RawClient client in clients)
        {
            JsonElement info = JsonSerializer.Deserialize<JsonElement>((await client.ReadUntilAsync("\r\n"))["INFO ".Length..]);
            Assert.True(info.GetProperty("ldm").GetBoolean());
            Assert.Empty(info.GetProperty("connect_urls").EnumerateArray());
        }

        await Assert.ThrowsAnyAsync<SocketException>(() => server.ConnectAsync());
        Task<TimeSpan>[] ends = [.. clients.Select(async client =>
        {
            await client.ReadToEndAsync();
            return Stopwatch.GetElapsedTime(start);
        })];
        TimeSpan[] times = [.. (await Task.WhenAll(ends)).Order()];

        // Timers go by a coarser clock than the one that this is measured with.
        Assert.InRange(times[0], Quick.LameDuckGracePeriod - TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
        Assert.True(times[^1] - times[0] > TimeSpan.FromSeconds(0.3), "All were sent away at once.");
        await stopping.Task.WaitAsync(Patience.Long);
        foreach (RawClient client in clients) client.Dispose();
    }

    [Fact]
    public async Task ServerWithoutClients_StopsAtOnce()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(new GatewayOptions());
        var stopping = new TaskCompletionSource();
        server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        server.Services.GetRequiredService<LameDuck>().Enter();
        await stopping.Task.WaitAsync(Patience.Long);
    }

    /// <summary>Clients of the other servers are told not to go there; this server's clients are told where to go.</summary>
    [Theory]
    [InlineData("BB")]
    [InlineData("nB")]
    public async Task OtherServers_TakeItsAddressBack(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds, options: Quick);
        using RawClient other = await RawClient.ConnectAsync(mesh[0].Server.Port);
        await other.RoundTripAsync(Modern);
        using RawClient own = await RawClient.ConnectAsync(mesh[1].Server.Port);
        await own.RoundTripAsync(Modern);
        ((GatewayServer)mesh[1].Server).Services.GetRequiredService<LameDuck>().Enter();
        Assert.Equal([$"127.0.0.1:{mesh[0].Server.Port}"], ClientInfo.UrlsOf(await ClientInfo.ReadAsync(own)));
        Assert.Equal([$"127.0.0.1:{mesh[0].Server.Port}"], ClientInfo.UrlsOf(await ClientInfo.ReadAsync(other)));
    }

    [Fact]
    public async Task OracleThatLeaves_IsNotNamedAnyMore()
    {
        await using Mesh mesh = await Mesh.StartAsync("Bn");
        using RawClient client = await RawClient.ConnectAsync(mesh[0].Server.Port);
        await client.RoundTripAsync(Modern);
        using RawClient keepsItAlive = await RawClient.ConnectAsync(mesh[1].Server.Port);
        await keepsItAlive.RoundTripAsync(Modern);
        using var kill = Process.Start("kill", ["-USR2", $"{((OracleServer)mesh[1].Server).ProcessId}"]);
        Assert.Equal([$"127.0.0.1:{mesh[0].Server.Port}"], ClientInfo.UrlsOf(await ClientInfo.ReadAsync(client)));
    }

    [Theory]
    [InlineData("pid")]
    [InlineData("file")]
    public async Task Signal_SendsTheProgramAwayWhichThenIgnoresASupervisor(string target)
    {
        using var directory = new TemporaryDirectory();
        string pidFile = directory.File("server.pid");
        string configuration = directory.File("server.conf");
        await File.WriteAllTextAsync(configuration, "lame_duck_grace_period: \"1s\"");
        var launch = new ServerLaunch { Directory = directory.File("data"), Flags = ["-st", "memory", "-P", pidFile, "-c", configuration] };
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        using RawClient client = await RawClient.ConnectAsync(server.Port);
        await client.RoundTripAsync(Modern);
        string processId = await File.ReadAllTextAsync(pidFile);

        Assert.Equal(0, await RunAsync("-signal", $"ldm={(target == "pid" ? processId : pidFile)}"));
        Assert.Contains("\"ldm\":true", await client.ReadUntilAsync("\r\n"), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("-sl", $"term={processId}"));
        await server.WaitForLogAsync("Told to stop while in lame duck mode");
        await client.RoundTripAsync();
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(0, await server.ExitAsync());
        Assert.Contains("Entering lame duck mode", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("reload=999999999")]
    [InlineData("term=999999999")]
    [InlineData("term=/nowhere/at/all")]
    public async Task SignalThatCannotBeSent_SaysSo(string request) => Assert.Equal(1, await RunAsync("-sl", request));

    private static async Task<int> RunAsync(params string[] arguments)
    {
        using var program = Process.Start(new ProcessStartInfo(ServerProgram.Path, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        string errors = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(program.ExitCode == 0, errors.Length == 0);
        return program.ExitCode;
    }
}
