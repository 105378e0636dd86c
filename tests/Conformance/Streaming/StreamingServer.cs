using Bayou.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(Bayou.Conformance.Streaming.StreamingServer))]
[assembly: AssemblyFixture(typeof(Bayou.Conformance.Streaming.ImpatientServer))]

namespace Bayou.Conformance.Streaming;

/// <summary>A server as a process of its own, started when a first test asks for it and shared by all: every test has channels of its own.</summary>
public class StreamingServer : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<Task<ServerProcess>> _server;

    public StreamingServer() => _server = new(StartAsync);

    protected virtual string Configuration =>
        """
        streaming {
          store_limits {
            max_channels: 0
            channels {
              "five.>": { max_msgs: 5 }
              "bytes.>": { max_bytes: 1000 }
            }
          }
        }
        """;

    protected virtual string[] Flags => [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The running server.</summary>
    public Task<ServerProcess> GetAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<ServerProcess> StartAsync()
    {
        string configuration = _directory.File("server.conf");
        await File.WriteAllTextAsync(configuration, Configuration);
        return await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.File("data"), Flags = ["-c", configuration, .. Flags] });
    }
}
