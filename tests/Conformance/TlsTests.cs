using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bayou.Gateway;
using Bayou.Gateway.Tls;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>TLS behind INFO: rows N53 and N56, and what strangers at the door get. Both servers have the same certificates.</summary>
public sealed class TlsTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    private const string Plain = "CONNECT {\"verbose\":false}\r\n";

    private TlsOptions Tls => new()
    {
        CertificateFile = certificates.CertificateFile("server"),
        KeyFile = certificates.KeyFile("server"),
        CaFile = certificates.CaFile,
        Timeout = TimeSpan.FromSeconds(1),
    };

    private TlsOptions Verifying => Tls with { VerifyClients = true };

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task N53_InfoAsksForTls_AndTheRestIsEncrypted(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Tls);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates);
        Assert.Contains("\"tls_required\":true", client.Info, StringComparison.Ordinal);
        Assert.DoesNotContain("tls_verify", client.Info, StringComparison.Ordinal);
        Assert.Equal("MSG a 1 1\r\nx\r\n", await client.RoundTripAsync(Plain + "SUB a 1\r\nPUB a 1\r\nx\r\n"));
        using var http = new HttpClient();
        string connections = await http.GetStringAsync($"http://127.0.0.1:{server.MonitoringPort}/connz");
        Assert.Contains("\"tls_version\": \"1.3\"", connections, StringComparison.Ordinal);
        Assert.Contains($"\"tls_cipher_suite\": \"{client.Stream.NegotiatedCipherSuite}\"", connections, StringComparison.Ordinal);
        string page = await http.GetStringAsync($"http://127.0.0.1:{server.MonitoringPort}/varz");
        Assert.Contains("\"tls_required\": true", page, StringComparison.Ordinal);
        Assert.Contains("\"tls_timeout\": 1,", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task N56_WithVerify_OnlyCertificatesOfTheAuthorityOpenTheDoor(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Verifying);
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates, "client");
        Assert.Contains("\"tls_verify\":true", client.Info, StringComparison.Ordinal);
        Assert.Equal("", await client.RoundTripAsync(Plain));

        await RequireRefusalAsync(server, null);
        foreach (string name in (string[])["expired", "stranger", "server"]) await RequireRefusalAsync(server, name);

        Assert.Equal("", await client.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task PinnedKey_LetsItsOwnerInAlone(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Verifying with { PinnedKeys = [PinOf("client")] });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates, "client");
        Assert.Equal("", await client.RoundTripAsync(Plain));

        await using TestServer other = await StartAsync(kind, Verifying with { PinnedKeys = [new string('0', 64)] });
        await RequireRefusalAsync(other, "client");
    }

    [Fact]
    public async Task PinnedKey_AsksForACertificateByItself()
    {
        await using TestServer server = await StartAsync(ServerKind.Gateway, Tls with { PinnedKeys = [PinOf("client")] });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates, "client");
        Assert.Contains("\"tls_verify\":true", client.Info, StringComparison.Ordinal);
        Assert.Equal("", await client.RoundTripAsync(Plain));
        await RequireRefusalAsync(server, null);
        await RequireRefusalAsync(server, "expired");
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WhoDoesNotBeginWithAHandshake_IsClosed_AndNobodyElseNotices(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Tls);
        using TlsClient neighbour = await TlsClient.ConnectAsync(server.Port, certificates);
        await neighbour.RoundTripAsync(Plain + "SUB secret 1\r\n");
        foreach (string garbage in (string[])[Plain + "PUB secret 1\r\nx\r\n", "\x16\x03\x01\xff\xff" + new string('x', 2_000), "GET / HTTP/1.1\r\n\r\n"])
        {
            using RawClient client = await server.ConnectAsync();
            Assert.Contains("\"tls_required\":true", client.Info, StringComparison.Ordinal);
            await client.TrickleAsync(garbage);
            Assert.DoesNotContain("PONG", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("", await neighbour.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task N53_WhoSaysNothing_IsClosedWithoutAWord(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Tls);
        using RawClient client = await server.ConnectAsync();
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WrongPassword_IsRefusedOverTls(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { Tls = Tls, User = "u", Password = "p" });
        using TlsClient wrong = await TlsClient.ConnectAsync(server.Port, certificates);
        await wrong.SendAsync("CONNECT {\"user\":\"u\",\"pass\":\"q\"}\r\nPING\r\n");
        Assert.Equal("-ERR 'Authorization Violation'\r\n", await wrong.ReadToEndAsync());
        using TlsClient right = await TlsClient.ConnectAsync(server.Port, certificates);
        Assert.Equal("", await right.RoundTripAsync("CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"p\"}\r\n"));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task SuitesThatAreListed_AreThoseOfTls12_AndTls13StaysAsItIs(ServerKind kind)
    {
        await using TestServer server = await StartAsync(kind, Tls with { CipherSuites = [TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384] });
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates);
        Assert.Equal(SslProtocols.Tls13, client.Stream.SslProtocol);
        Assert.Equal("", await client.RoundTripAsync(Plain));
        using TlsClient old = await TlsClient.ConnectAsync(server.Port, certificates, versions: SslProtocols.Tls12);
        Assert.Equal(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, old.Stream.NegotiatedCipherSuite);
        Assert.Equal("", await old.RoundTripAsync(Plain));
    }

    [Fact]
    public async Task ManyAndLargeMessages_ArriveWhole()
    {
        const int Count = 2_000;
        await using TestServer server = await StartAsync(ServerKind.Gateway, Tls);
        using TlsClient reader = await TlsClient.ConnectAsync(server.Port, certificates);
        await reader.RoundTripAsync(Plain + "SUB a 1\r\n");
        string body = new('x', 10_000);
        Task<string> reading = reader.ReadRepeatedAsync($"MSG a 1 {body.Length}\r\n{body}\r\n", Count);
        using TlsClient writer = await TlsClient.ConnectAsync(server.Port, certificates);
        for (int i = 0; i < Count; i++) await writer.SendAsync((i == 0 ? Plain : "") + $"PUB a {body.Length}\r\n{body}\r\n");
        Assert.Equal("", await writer.RoundTripAsync());
        Assert.Equal("", await reading);
    }

    private string PinOf(string name)
    {
        using X509Certificate2 certificate = certificates.Load(name);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    private static Task<TestServer> StartAsync(ServerKind kind, TlsOptions tls) => TestServer.StartAsync(kind, new GatewayOptions { Tls = tls });

    private async Task RequireRefusalAsync(TestServer server, string? name)
    {
        Exception? refusal = await Record.ExceptionAsync(async () =>
        {
            using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates, name);
            await client.RoundTripAsync(Plain);
        });
        Assert.True(refusal is AuthenticationException or IOException, $"{name ?? "no certificate"}: {refusal}");
    }
}
