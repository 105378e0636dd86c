using System.Diagnostics;
using Bayou.Gateway;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Limits, credentials and timers, with values short enough to reach.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task SubscriptionBeyondTheLimit_IsRefusedAndTheConnectionStays(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { MaxSubscriptions = 2 });
        using RawClient client = await server.ConnectAsync();
        string answer = await client.RoundTripAsync("CONNECT {}\r\nSUB a 1\r\nSUB b 2\r\nSUB c 3\r\nUNSUB 1\r\nSUB c 3\r\nPUB c 1\r\nx\r\n");
        Assert.Equal("+OK\r\n+OK\r\n+OK\r\n-ERR 'maximum subscriptions exceeded'\r\n+OK\r\n+OK\r\n+OK\r\nMSG c 3 1\r\nx\r\n", answer);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task ConnectionBeyondTheLimit_GetsInfoAndAnErrorAndCloses(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { MaxConnections = 1 });
        using RawClient first = await server.ConnectAsync();
        await first.RoundTripAsync(RawClient.Quiet);
        using RawClient second = await server.ConnectAsync();
        Assert.StartsWith("INFO {", second.Info, StringComparison.Ordinal);
        Assert.Equal("-ERR 'maximum connections exceeded'\r\n", await second.ReadToEndAsync());
        Assert.Equal("", await first.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task PayloadOverTheLimit_IsRefusedBeforeItIsSent(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { MaxPayloadBytes = 100 });
        using RawClient client = await server.ConnectAsync();
        Assert.Contains("\"max_payload\":100,", client.Info, StringComparison.Ordinal);
        await client.SendAsync(RawClient.Quiet + "PUB a 101\r\n");
        Assert.Equal("-ERR 'Maximum Payload Violation'\r\n", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task ControlLineAtTheLimit_PassesAndOneByteMoreDoesNot(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { MaxControlLineBytes = 64 });
        using RawClient client = await server.ConnectAsync();
        Assert.Equal("+OK\r\n", await client.RoundTripAsync($"SUB {new string('a', 62)} 1\r\n"));
        await client.SendAsync($"SUB {new string('a', 63)} 1\r\n");
        Assert.Equal("-ERR 'maximum control line exceeded'\r\n", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "{\"verbose\":false,\"user\":\"ann\",\"pass\":\"secret\"}", true)]
    [InlineData(ServerKind.Oracle, "{\"verbose\":false,\"user\":\"ann\",\"pass\":\"wrong\"}", false)]
    [InlineData(ServerKind.Oracle, "{\"verbose\":false}", false)]
    [InlineData(ServerKind.Gateway, "{\"verbose\":false,\"user\":\"ann\",\"pass\":\"secret\"}", true)]
    [InlineData(ServerKind.Gateway, "{\"verbose\":false,\"user\":\"ann\",\"pass\":\"wrong\"}", false)]
    [InlineData(ServerKind.Gateway, "{\"verbose\":false,\"user\":\"bob\",\"pass\":\"secret\"}", false)]
    [InlineData(ServerKind.Gateway, "{\"verbose\":false}", false)]
    public async Task Password_OpensOrClosesTheDoor(ServerKind kind, string connect, bool isAccepted)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { User = "ann", Password = "secret" });
        await CheckDoorAsync(server, connect, isAccepted);
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "secret", true)]
    [InlineData(ServerKind.Oracle, "wrong", false)]
    [InlineData(ServerKind.Gateway, "secret", true)]
    [InlineData(ServerKind.Gateway, "wrong", false)]
    public async Task BcryptPassword_OpensOrClosesTheDoor(ServerKind kind, string password, bool isAccepted)
    {
        string hash = BCrypt.Net.BCrypt.HashPassword("secret", workFactor: 4);
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { User = "ann", Password = hash });
        await CheckDoorAsync(server, $"{{\"verbose\":false,\"user\":\"ann\",\"pass\":\"{password}\"}}", isAccepted);
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "letmein", true)]
    [InlineData(ServerKind.Oracle, "wrong", false)]
    [InlineData(ServerKind.Gateway, "letmein", true)]
    [InlineData(ServerKind.Gateway, "wrong", false)]
    public async Task Token_OpensOrClosesTheDoor(ServerKind kind, string token, bool isAccepted)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { AuthToken = "letmein" });
        await CheckDoorAsync(server, $"{{\"verbose\":false,\"auth_token\":\"{token}\"}}", isAccepted);
    }

    [Theory]
    [InlineData(ServerKind.Oracle, "PING\r\n")]
    [InlineData(ServerKind.Oracle, "SUB a 1\r\n")]
    [InlineData(ServerKind.Gateway, "PING\r\n")]
    [InlineData(ServerKind.Gateway, "SUB a 1\r\n")]
    [InlineData(ServerKind.Gateway, "x")]
    public async Task AnythingBeforeConnect_IsAViolationWhereCredentialsAreNeeded(ServerKind kind, string sent)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { AuthToken = "letmein" });
        using RawClient client = await server.ConnectAsync();
        Assert.Contains("\"auth_required\":true", client.Info, StringComparison.Ordinal);
        await client.SendAsync(sent);
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task NoConnectInTime_Closes(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { AuthToken = "letmein", AuthTimeout = TimeSpan.FromSeconds(0.3) });
        using RawClient client = await server.ConnectAsync();
        Assert.Equal("-ERR 'Authentication Timeout'\r\n", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task SilentClient_IsAskedTwiceAndThenClosed(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { PingInterval = TimeSpan.FromSeconds(0.4), MaxPingsOut = 2 });
        using RawClient client = await server.ConnectAsync();
        await client.RoundTripAsync(RawClient.Quiet);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal("PING\r\nPING\r\n-ERR 'Stale Connection'\r\n", await client.ReadToEndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1.0, 3.0);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task ClientThatAnswersPings_Stays(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { PingInterval = TimeSpan.FromSeconds(0.2), MaxPingsOut = 1 });
        using RawClient client = await server.ConnectAsync();
        await client.RoundTripAsync(RawClient.Quiet);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("PING\r\n", await client.ReadUntilAsync("PING\r\n"));
            await client.SendAsync("PONG\r\n");
        }
    }

    private static async Task CheckDoorAsync(TestServer server, string connect, bool isAccepted)
    {
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync($"CONNECT {connect}\r\nPING\r\n");
        if (isAccepted) Assert.Equal("PONG\r\n", await client.ReadUntilAsync("PONG\r\n"));
        else Assert.Equal("-ERR 'Authorization Violation'\r\n", await client.ReadToEndAsync());
    }
}
