using System.Security.Authentication;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Certificates that are renewed while clients are connected: row F4.</summary>
public sealed class TlsReloadTests(TestCertificates certificates) : IClassFixture<TestCertificates>, IDisposable
{
    private const string Plain = "CONNECT {\"verbose\":false}\r\n";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task F4_NewConnectionsSeeTheNewCertificate_OldOnesGoOn(ServerKind kind)
    {
        Install("server");
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Configuration());
        using TlsClient old = await TlsClient.ConnectAsync(server.Port, certificates);
        await old.RoundTripAsync(Plain);
        Assert.Equal("CN=server", NameOf(old));
        Install("renewed");
        await server.ReloadAsync(Configuration());
        await server.Process.WaitForLogAsync("Reloaded: tls = enabled");
        using TlsClient next = await TlsClient.ConnectAsync(server.Port, certificates);
        await next.RoundTripAsync(Plain);
        Assert.Equal("CN=renewed", NameOf(next));
        await old.RoundTripAsync();
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task F4_FileThatIsNoCertificate_LeavesTheOldOne(ServerKind kind)
    {
        Install("server");
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Configuration());
        await File.WriteAllTextAsync(_directory.File("cert.pem"), "nothing", TestContext.Current.CancellationToken);
        await server.ReloadAsync(Configuration(), "[ERR] Failed to reload server configuration: ");
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates);
        await client.RoundTripAsync(Plain);
        Assert.Equal("CN=server", NameOf(client));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task Verify_HoldsFromTheReloadOn(ServerKind kind)
    {
        Install("server");
        await using ReloadingServer server = await ReloadingServer.StartAsync(kind, Configuration());
        await server.ReloadAsync(Configuration($"ca_file: \"{certificates.CaFile}\"\n verify: true"));
        using TlsClient client = await TlsClient.ConnectAsync(server.Port, certificates, "client");
        await client.RoundTripAsync(Plain);
        Exception? refusal = await Record.ExceptionAsync(async () =>
        {
            using TlsClient stranger = await TlsClient.ConnectAsync(server.Port, certificates);
            await stranger.RoundTripAsync(Plain);
        });
        Assert.True(refusal is AuthenticationException or IOException, $"{refusal}");
    }

    public void Dispose() => _directory.Dispose();

    private static string? NameOf(TlsClient client) => client.Stream.RemoteCertificate?.Subject;

    private void Install(string name)
    {
        File.Copy(certificates.CertificateFile(name), _directory.File("cert.pem"), overwrite: true);
        File.Copy(certificates.KeyFile(name), _directory.File("key.pem"), overwrite: true);
    }

    private string Configuration(string more = "") =>
        $"tls {{\n cert_file: \"{_directory.File("cert.pem")}\"\n key_file: \"{_directory.File("key.pem")}\"\n {more}\n}}";
}
