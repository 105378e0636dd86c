using Xunit;

namespace Bayou.Conformance;

/// <summary>One oracle and one gateway with the default options, started when first asked for.</summary>
public sealed class ServerPair : IAsyncLifetime
{
    private TestServer? _oracle;
    private TestServer? _gateway;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<TestServer> OracleAsync() => _oracle ??= await TestServer.StartAsync(ServerKind.Oracle);

    public async Task<TestServer> GatewayAsync() => _gateway ??= await TestServer.StartAsync(ServerKind.Gateway);

    public async ValueTask DisposeAsync()
    {
        if (_oracle is not null) await _oracle.DisposeAsync();
        if (_gateway is not null) await _gateway.DisposeAsync();
    }
}
