using Bayou.Gateway;
using Xunit;

namespace Bayou.Conformance;

/// <summary>A running server of either kind on 127.0.0.1.</summary>
public abstract class TestServer : IAsyncDisposable
{
    public abstract int Port { get; }

    public abstract int MonitoringPort { get; }

    /// <summary>Where other servers connect; 0 where none may.</summary>
    public abstract int ClusterPort { get; }

    /// <summary>Starts a server; a test that needs the oracle is skipped, with the reason, where nats-server is not installed.</summary>
    public static async Task<TestServer> StartAsync(ServerKind kind, GatewayOptions? options = null)
    {
        options ??= new GatewayOptions();
        if (kind == ServerKind.Gateway) return await GatewayServer.StartAsync(options);
        Assert.SkipUnless(OracleServer.IsInstalled, "nats-server is not installed: there is nothing to compare with.");
        return await OracleServer.StartAsync(options);
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    public abstract ValueTask DisposeAsync();
}
