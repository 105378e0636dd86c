using System.Net;
using Bayou.ClusterTests.Hosting;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;

namespace Bayou.ClusterTests.Chaos;

/// <summary>Bayou, spoken to as NATS Streaming.</summary>
internal sealed class BayouTarget : IChaosTarget
{
    private const string Scrubbed = "Everything on disk was read and checked";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    public string Name => "bayou";

    /// <summary>Damage that nobody reads is found by reading through everything, which servers do once a week, and here all the time.</summary>
    public ClusterNode Prepare(string directory, NodeSettings node, IReadOnlyList<NodeSettings> nodes) =>
        ServerCluster.Prepare(directory, node with { More = node.More + "\ndebug: true\nbayou { scrub_interval: \"5s\" }" }, nodes);

    public Task ScrubAsync(ClusterNode node) => node.Process.WaitForLogAsync(Scrubbed, after: Scrubbed);

    public async Task OpenChannelsAsync(IReadOnlyList<IPEndPoint> servers, IReadOnlyList<string> channels)
    {
        // A channel begins with its first subscription.
        await using NatsConnection connection = await NatsConnection.ConnectAsync(servers);
        StanClient client = await StanClient.ConnectAsync(connection);
        foreach (string channel in channels) await client.SubscribeAsync(channel);
        await client.CloseAsync();
    }

    public async Task<IChaosPublisher> ConnectAsync(string name, IReadOnlyList<IPEndPoint> servers)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(servers, reconnects: true);
        return new Publisher(connection, await StanClient.ConnectAsync(connection, name));
    }

    public async Task ReplayAsync(IPEndPoint server, string channel, byte[]? until, Action<ulong, ReadOnlyMemory<byte>> onMessage)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync([server]);
        StanClient client = await StanClient.ConnectAsync(connection);
        StanSubscription subscription = await client.SubscribeAsync(channel);
        ReadOnlyMemory<byte> payload = default;
        ulong last = 0;
        do
        {
            MsgProto? message = until is null ? await subscription.NextOrNullAsync(Silence) : await subscription.NextAsync();
            if (message is null) break;
            subscription.Ack(message.Sequence);

            // A leader that moved may repeat what was not acknowledged to it, and says so.
            if (message.Redelivered && message.Sequence <= last) continue;
            last = message.Sequence;
            payload = message.Data.Memory;
            onMessage(message.Sequence, payload);
        }
        while (!payload.Span.SequenceEqual(until));
        await client.CloseAsync();
    }

    public IEnumerable<StoredChannel> ReadDisk(ClusterNode node)
    {
        using SiloStore store = SiloStore.Open(
            new RealDisk(node.DataDirectory), new StorageOptions(), static failure => throw new IOException("The disk of a stopped node failed.", failure), policy: DamagePolicy.Report);
        foreach (RecoveredGroup group in store.Groups) yield return Read(store.OpenLog(group.Group));
    }

    private static StoredChannel Read(ChannelLog log)
    {
        var messages = new List<(ulong, ReadOnlyMemory<byte>)>();
        using ChannelLogReader reader = log.OpenReader();
        while (reader.TryRead(out RecordBatch batch))
        {
            foreach (Record record in batch)
            {
                if (record.Sequence >= log.FirstSequence) messages.Add((record.Sequence, record.Payload.ToArray()));
            }
        }

        return new StoredChannel(messages);
    }

    private sealed class Publisher : IChaosPublisher
    {
        private readonly NatsConnection _connection;
        private readonly StanClient _client;

        public Publisher(NatsConnection connection, StanClient client)
        {
            (_connection, _client) = (connection, client);
            connection.Reconnected += () => Interrupted?.Invoke();
            client.Unserved += () => Interrupted?.Invoke();
        }

        public event Action? Interrupted;

        public IEnumerable<Task<ulong?>> Publish(string channel, IReadOnlyList<byte[]> payloads)
        {
            using var burst = new MemoryStream();
            var answers = new List<Task<ulong?>>();
            foreach (byte[] payload in payloads)
            {
                burst.Write(_client.EncodePublish(channel, payload, out string guid));
                answers.Add(SequenceOfAsync(_client.ExpectAck(guid)));
            }

            _connection.Send(burst.ToArray());
            return answers;
        }

        public void Drop() => _connection.Drop();

        /// <summary>An error may come with a message that is stored all the same, as when its leader was lost under way.</summary>
        private static async Task<ulong?> SequenceOfAsync(Task<PubAck> answer) => (await answer).Error.Length == 0 ? 0 : null;

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
