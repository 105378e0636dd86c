using System.Text.Json;
using Bayou.Gateway;
using Bayou.Gateway.Authorization;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Users with keys: row N51, beside nats-server.</summary>
public sealed class NKeyTests : IDisposable
{
    private const string Violation = "-ERR 'Authorization Violation'\r\n";

    private readonly TestUserKey _free = new();
    private readonly TestUserKey _limited = new();

    private GatewayOptions Options => new()
    {
        Users =
        [
            new GatewayUser { Name = _free.Public, IsKey = true },
            new GatewayUser { Name = _limited.Public, IsKey = true, Permissions = new UserPermissions { Publish = new SubjectPermissions { Allow = ["open.>"] } } },
            new GatewayUser { Name = "ann", Password = "p" },
        ],
    };

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task N51_WhoSignsTheNonce_IsLetIn_WithItsPermissions(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, Options);
        using RawClient client = await server.ConnectAsync();
        string nonce = NonceOf(client.Info);
        Assert.Equal(15, nonce.Length);
        Assert.Equal(
            "-ERR 'Permissions Violation for Publish to \"shut\"'\r\n",
            await client.RoundTripAsync(Connect(_limited, nonce) + "PUB open.a 1\r\nx\r\nPUB shut 1\r\nx\r\n"));
        using RawClient other = await server.ConnectAsync();
        Assert.NotEqual(nonce, NonceOf(other.Info));
        Assert.Equal("", await other.RoundTripAsync(Connect(_free, NonceOf(other.Info)) + "PUB shut 1\r\nx\r\n"));
        using var http = new HttpClient();
        Assert.Contains($"\"authorized_user\": \"{_limited.Public}\"", await http.GetStringAsync($"http://127.0.0.1:{server.MonitoringPort}/connz?auth=1"), StringComparison.Ordinal);
        using RawClient named = await server.ConnectAsync();
        Assert.Equal("", await named.RoundTripAsync("CONNECT {\"verbose\":false,\"user\":\"ann\",\"pass\":\"p\"}\r\n"));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task N51_BothAlphabetsOfBase64_AreRead(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, Options);
        using RawClient client = await server.ConnectAsync();
        string connect = $"CONNECT {{\"verbose\":false,\"nkey\":\"{_free.Public}\",\"sig\":\"{_free.Sign(NonceOf(client.Info)).Replace('-', '+').Replace('_', '/')}==\"}}\r\n";
        Assert.Equal("", await client.RoundTripAsync(connect));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WhoSignsSomethingElse_IsRefused(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, Options);
        using var stranger = new TestUserKey();
        Func<string, string>[] wrong =
        [
            _ => Connect(_free, "another nonce"),
            nonce => Connect(stranger, nonce),
            nonce => Connect(_free, nonce).Replace(_free.Public, _limited.Public, StringComparison.Ordinal),
            _ => $"CONNECT {{\"nkey\":\"{_free.Public}\"}}\r\n",
            _ => $"CONNECT {{\"nkey\":\"{_free.Public}\",\"sig\":\"?\"}}\r\n",
            _ => $"CONNECT {{\"user\":\"{_free.Public}\",\"pass\":\"\"}}\r\n",
            _ => "CONNECT {}\r\n",
        ];
        foreach (Func<string, string> connect in wrong)
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(connect(NonceOf(client.Info)) + "PING\r\n");
            Assert.Equal(Violation, await client.ReadToEndAsync());
        }
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WhereNobodyHasAKey_NothingIsToBeSigned(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { User = "ann", Password = "p" });
        using RawClient client = await server.ConnectAsync();
        Assert.DoesNotContain("nonce", client.Info, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _free.Dispose();
        _limited.Dispose();
    }

    internal static string Connect(TestUserKey key, string nonce) => $"CONNECT {{\"verbose\":false,\"nkey\":\"{key.Public}\",\"sig\":\"{key.Sign(nonce)}\"}}\r\n";

    internal static string NonceOf(string info)
    {
        using var parsed = JsonDocument.Parse(info["INFO ".Length..]);
        return parsed.RootElement.GetProperty("nonce").GetString()!;
    }
}
