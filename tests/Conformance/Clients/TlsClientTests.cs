using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance.Clients;

/// <summary>Clients that nobody here wrote, over TLS, on a server that wants a certificate from them.</summary>
public sealed class TlsClientTests(TlsClientTests.Server server, NodePrograms programs) : IClassFixture<TlsClientTests.Server>
{
    [Theory]
    [InlineData("requests_over_tls")]
    [InlineData("is_refused_without_a_certificate")]
    [InlineData("streams_over_tls")]
    public async Task A1_Node(string scenario) =>
        await programs.RunAsync("tls.mjs", scenario, (await server.GetAsync()).Port, ("BAYOU_CERTIFICATES", server.Certificates));

    /// <summary>The server, by flags alone.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private readonly TemporaryDirectory _directory = new();
        private readonly TestCertificates _certificates = new();
        private readonly Lazy<Task<ServerProcess>> _server;

        public Server() => _server = new(StartAsync);

        public string Certificates => Path.GetDirectoryName(_certificates.CaFile)!;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public Task<ServerProcess> GetAsync() => _server.Value;

        public async ValueTask DisposeAsync()
        {
            if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
            _certificates.Dispose();
            _directory.Dispose();
        }

        private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(new ServerLaunch
        {
            Directory = _directory.File("data"),
            Flags =
            [
                "--tlsverify", "--tlscert", _certificates.CertificateFile("server"), "--tlskey", _certificates.KeyFile("server"), "--tlscacert", _certificates.CaFile,
            ],
        });
    }
}
