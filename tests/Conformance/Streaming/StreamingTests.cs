using System.Text;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>
/// What the tests of the streaming protocol share. The name of a test begins with the row of the feature table that it proves.
/// </summary>
public abstract class StreamingTests(StreamingServer server) : IAsyncLifetime
{
    private readonly List<NatsConnection> _connections = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (NatsConnection connection in _connections) await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A channel that no other test uses.</summary>
    protected static string NewChannel(string prefix = "channel") => UniqueName.Next(prefix);

    protected static string TextOf(MsgProto message) => Encoding.UTF8.GetString(message.Data.Span);

    protected static ulong[] SequencesOf(IEnumerable<MsgProto> messages) => [.. messages.Select(static message => message.Sequence)];

    /// <summary>The numbers from first to last.</summary>
    protected static ulong[] Range(ulong first, ulong last) => [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + (ulong)i)];

    /// <summary>A connection that is closed at the end of the test.</summary>
    protected async Task<NatsConnection> ConnectAsync()
    {
        NatsConnection connection = await NatsConnection.ConnectAsync((await server.GetAsync()).Port);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>A client with a connection of its own.</summary>
    protected async Task<StanClient> NewClientAsync(string? id = null) => await StanClient.ConnectAsync(await ConnectAsync(), id);
}
