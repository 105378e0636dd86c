using Bayou.TestKit;
using Xunit;

namespace Bayou.NatsNet;

/// <summary>A server as a process of its own, for one class of tests.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess? _server;

    public int Port => _server!.Port;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }
}
