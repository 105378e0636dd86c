using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Importing;

/// <summary>A server on what was imported from a store, and what it has to show to clients.</summary>
internal sealed class ImportedServer : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly HttpClient _http;

    private ImportedServer(ServerProcess process, NatsConnection nats)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = process.Monitoring };
        Nats = nats;
    }

    public NatsConnection Nats { get; }

    /// <summary>Starts a server on a directory, with the configuration that it was imported by.</summary>
    public static async Task<ImportedServer> StartAsync(string directory, string configuration)
    {
        ServerProcess process = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory, Flags = ["-c", configuration] });
        return new ImportedServer(process, await NatsConnection.ConnectAsync(process.Port));
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    public Task<StanClient> ConnectAsync(string id) => StanClient.ConnectAsync(Nats, id, SampleStore.ClusterId);

    /// <summary>Body of a page of the streaming side.</summary>
    public async Task<JsonElement> GetAsync(string page) =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri($"/streaming/{page}", UriKind.Relative))).RootElement;

    /// <summary>A new subscriber gets all of a channel: sequences, times, replies and data.</summary>
    public static async Task RequireReplayAsync(StanClient reader, string channel, IReadOnlyList<JsonElement> expected)
    {
        if (expected.Count == 0) return;
        StanSubscription subscription = await reader.SubscribeAsync(channel);
        List<MsgProto> messages = await subscription.TakeAndAckAsync(expected.Count);
        foreach ((MsgProto message, JsonElement wanted) in messages.Zip(expected))
        {
            Assert.Equal(wanted.GetProperty("seq").GetUInt64(), message.Sequence);
            Assert.Equal(wanted.GetProperty("timestamp").GetString(), message.Timestamp.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(wanted.GetProperty("size").GetInt32(), message.Data.Length);
            Assert.Equal(wanted.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(message.Data.Span)));
            if (wanted.TryGetProperty("reply", out JsonElement reply)) Assert.Equal(reply.GetString(), message.Reply);
        }

        Assert.True(await subscription.IsQuietAsync(), $"Channel {channel} has more than the store had.");
    }

    public async ValueTask DisposeAsync()
    {
        await Nats.DisposeAsync();
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
