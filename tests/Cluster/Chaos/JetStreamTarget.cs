using System.Net;
using System.Text.Json;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;

namespace Bayou.ClusterTests.Chaos;

/// <summary>
/// JetStream of nats-server with its default settings: three replicas, and a sync of the disk every two minutes. It is known to lose
/// acknowledged messages when the power goes, so a harness that does not find that finds nothing.
/// </summary>
internal sealed class JetStreamTarget : IChaosTarget
{
    private const string Program = "nats-server";
    private const int StreamNotFound = 10059;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Name => "jetstream";

    public ClusterNode Prepare(string directory, NodeSettings node, IReadOnlyList<NodeSettings> nodes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, node.Name)).FullName;
        string file = Path.Combine(folder, "nats.conf");
        File.WriteAllText(file, $$"""
            listen: {{node.Endpoint}}
            server_name: {{node.Name}}
            jetstream { store_dir: "{{Path.Combine(folder, node.Data)}}" }
            cluster {
              name: chaos
              listen: {{node.Address}}:{{node.RoutePort}}
              routes: [ {{string.Join(", ", nodes.Where(other => other != node).Select(static other => $"\"nats-route://{other.Address}:{other.RoutePort}\""))}} ]
            }
            """);
        var launch = new ServerLaunch
        {
            Program = Program, IsStreaming = false, Directory = folder, Port = node.ClientPort, ConfigurationFile = file, Wrapper = node.Wrapper,
        };
        return new ClusterNode(node.Name, node.Endpoint, launch, node.Data);
    }

    public async Task OpenChannelsAsync(IReadOnlyList<IPEndPoint> servers, IReadOnlyList<string> channels)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(servers);
        foreach (string channel in channels)
        {
            string wanted = JsonSerializer.Serialize(new { name = channel, subjects = new[] { channel }, num_replicas = servers.Count, storage = "file" });
            using JsonDocument _ = await AskAsync(connection, "STREAM.CREATE." + channel, wanted);
        }
    }

    public async Task<IChaosPublisher> ConnectAsync(string name, IReadOnlyList<IPEndPoint> servers) =>
        new Publisher(await NatsConnection.ConnectAsync(servers, reconnects: true));

    public async Task ReplayAsync(IPEndPoint server, string channel, byte[]? until, Action<ulong, ReadOnlyMemory<byte>> onMessage)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync([server]);
        using JsonDocument info = await AskAsync(connection, "STREAM.INFO." + channel, "");
        if (IsStreamGone(info)) return;
        JsonElement state = info.RootElement.GetProperty("state");
        for (ulong sequence = state.GetProperty("first_seq").GetUInt64(); sequence <= state.GetProperty("last_seq").GetUInt64(); sequence++)
        {
            NatsMessage answer = await connection.RequestAsync($"$JS.API.STREAM.MSG.GET.{channel}", JsonSerializer.SerializeToUtf8Bytes(new { seq = sequence }));
            using JsonDocument found = JsonDocument.Parse(answer.Payload);
            if (found.RootElement.TryGetProperty("message", out JsonElement message)) onMessage(sequence, message.GetProperty("data").GetBytesFromBase64());
        }
    }

    public IEnumerable<StoredChannel>? ReadDisk(ClusterNode node) => null;

    public Task ScrubAsync(ClusterNode node) => Task.CompletedTask;

    /// <summary>The cluster knows of no such stream, where there was one.</summary>
    private static bool IsStreamGone(JsonDocument answer) =>
        answer.RootElement.TryGetProperty("error", out JsonElement error) && error.GetProperty("err_code").GetInt32() == StreamNotFound;

    /// <summary>Asks until there is an answer that is no error: after a start it takes a while until somebody leads.</summary>
    private static async Task<JsonDocument> AskAsync(NatsConnection connection, string subject, string request)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            try
            {
                NatsMessage answer = await connection.RequestAsync("$JS.API." + subject, System.Text.Encoding.UTF8.GetBytes(request), Deadline);
                if (!answer.IsNoResponders)
                {
                    JsonDocument document = JsonDocument.Parse(answer.Payload);
                    if (!document.RootElement.TryGetProperty("error", out _) || IsStreamGone(document)) return document;
                    document.Dispose();
                }
            }
            catch (TimeoutException) when (!patience.IsCancellationRequested)
            {
                // Ask again.
            }

            await Task.Delay(Pause, patience.Token);
        }
    }

    private sealed class Publisher : IChaosPublisher
    {
        private readonly NatsConnection _connection;

        public Publisher(NatsConnection connection)
        {
            _connection = connection;
            connection.Reconnected += () => Interrupted?.Invoke();
        }

        public event Action? Interrupted;

        /// <summary>One by one: nobody asks about the order here.</summary>
        public IEnumerable<Task<ulong?>> Publish(string channel, IReadOnlyList<byte[]> payloads) => [.. payloads.Select(payload => PublishAsync(channel, payload))];

        private async Task<ulong?> PublishAsync(string channel, byte[] payload)
        {
            NatsMessage answer = await _connection.RequestAsync(channel, payload);
            if (answer.IsNoResponders) return null;
            using JsonDocument document = JsonDocument.Parse(answer.Payload);
            return document.RootElement.TryGetProperty("seq", out JsonElement sequence) && !document.RootElement.TryGetProperty("error", out _) ? sequence.GetUInt64() : null;
        }

        public void Drop() => _connection.Drop();

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
