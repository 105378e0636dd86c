using Bayou.Import.Cluster;
using Bayou.Import.Encryption;
using Bayou.Import.Files;
using Bayou.Import.Subscriptions;
using Bayou.Import.Wire;

namespace Bayou.Import;

/// <summary>A file store of nats-streaming-server, opened for reading: nothing in it is changed.</summary>
public sealed class SourceStore
{
    private const string ServerFile = "server.dat";
    private const string ClientsFile = "clients.dat";
    private const string SubscriptionsFile = "subs.dat";
    private const byte AddClient = 1;
    private const byte DeleteClient = 2;

    private readonly EncryptionTally _tally = new();

    private SourceStore(ServerInfo server, IReadOnlyList<SourceClient> clients, string? raftPosition)
    {
        ClusterId = server.ClusterId;
        NodeId = server.NodeId;
        PublishPrefix = server.Publish;
        Clients = clients;
        RaftPosition = raftPosition;
    }

    /// <summary>The streaming cluster's id, which clients name.</summary>
    public string ClusterId { get; }

    /// <summary>The node of a cluster that the store belonged to; empty for a server alone.</summary>
    public string NodeId { get; }

    /// <summary>Subject that clients publish to, without the channel; very old stores have another one than today's servers.</summary>
    public string PublishPrefix { get; }

    /// <summary>How far the Raft log goes; null where none was read.</summary>
    public string? RaftPosition { get; }

    /// <summary>Clients that were connected.</summary>
    public IReadOnlyList<SourceClient> Clients { get; }

    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<SourceChannel> Channels { get; private set; } = [];

    /// <summary>Messages decrypted so far.</summary>
    public int DecryptedCount => _tally.Opened;

    /// <summary>Messages met so far that are encrypted, and that the key, if there is one, does not open.</summary>
    public int StillEncryptedCount => _tally.Closed;

    /// <summary>
    /// Reads everything but the messages. <paramref name="report"/> is told of what cannot be read.
    /// </summary>
    /// <exception cref="SourceException">There is no store, or it cannot be read with what is known of it.</exception>
    public static SourceStore Open(SourceOptions options, Action<Damage> report)
    {
        if (!Directory.Exists(options.Directory))
        {
            throw new SourceException($"{options.Directory} is no directory.");
        }

        var folder = new StoreFolder(options.Directory, new Crc32(options.CrcPolynomial));
        var server = ReadServer(folder, options.Directory);
        var history = ReadHistory(options, server, folder);
        var clients = history?.Clients ?? ReadClients(folder, report);
        var store = new SourceStore(server, clients, history?.Position);
        store.ReadChannels(folder, options, history, report);
        return store;
    }

    private static ServerInfo ReadServer(StoreFolder folder, string directory)
    {
        if (!folder.Exists(ServerFile))
        {
            throw new SourceException($"{directory} is no file store of nats-streaming-server: it has no {ServerFile}.");
        }

        Damage? damage = null;
        using var reader = folder.Open(ServerFile, isTyped: false, found => damage ??= found);
        var server = reader.TryRead(out var record) ? StoreFolder.Parse(ServerInfo.Parser, ServerFile, record, found => damage ??= found) : null;
        return server ?? throw new SourceException(damage is null
            ? $"{ServerFile} is empty: the server never stored anything here."
            : $"{damage}. If the server ran with another polynomial for checksums (file_crc_poly), give the same one here.");
    }

    private static ClusterHistory? ReadHistory(SourceOptions options, ServerInfo server, StoreFolder folder) =>
        (options.RaftLogDirectory, server.NodeId) switch
        {
            (null, "") => null,
            (null, var node) => throw new SourceException(
                $"The store belonged to node {node} of a cluster, whose clients and subscriptions are in its Raft log: give the directory of that log, too (log_path)."),
            (_, "") => throw new SourceException("The store belonged to a server alone, which has no Raft log."),
            var (directory, _) => ClusterHistory.Read(directory, server.ClusterId, options.EncryptionKey.Span, folder.LastIndexed),
        };

    private static List<SourceClient> ReadClients(StoreFolder folder, Action<Damage> report)
    {
        var clients = new SortedDictionary<string, SourceClient>(StringComparer.Ordinal);
        if (!folder.Exists(ClientsFile))
        {
            return [];
        }

        using var reader = folder.Open(ClientsFile, isTyped: true, report);
        while (reader.TryRead(out var record))
        {
            if (record.Type == AddClient && StoreFolder.Parse(ClientInfo.Parser, ClientsFile, record, report) is { } info)
            {
                clients[info.Id] = ToClient(info);
            }
            else if (record.Type == DeleteClient && StoreFolder.Parse(ClientDelete.Parser, ClientsFile, record, report) is { } deleted)
            {
                clients.Remove(deleted.Id);
            }
            else if (record.Type is not (AddClient or DeleteClient))
            {
                report(new Damage(ClientsFile, record.Offset, $"a record of type {record.Type} is unknown"));
            }
        }

        return [.. clients.Values];
    }

    internal static SourceClient ToClient(ClientInfo info) => new()
    {
        Id = info.Id,
        HeartbeatInbox = info.HeartbeatInbox,
        ConnId = info.ConnId.Memory,
        Protocol = info.Protocol,
        PingInterval = info.PingInterval,
        PingMaxOut = info.PingMaxOut,
    };

    private void ReadChannels(StoreFolder folder, SourceOptions options, ClusterHistory? history, Action<Damage> report)
    {
        var connected = Clients.Select(client => client.Id).ToHashSet(StringComparer.Ordinal);
        var stored = folder.Channels.ToHashSet(StringComparer.Ordinal);
        var names = stored.Concat(history?.Channels ?? []).Distinct().Order(StringComparer.Ordinal);
        Channels =
        [
            .. names.Select(name => new SourceChannel(
                name,
                folder,
                stored.Contains(name),
                options.EncryptionKey,
                _tally,
                SubscriptionGroups.Assemble((history?.SubscriptionsOf(name) ?? ReadSubscriptions(folder, name, report)).All, connected),
                history?.MessagesOf(name) ?? [])),
        ];
    }

    private static SubscriptionTable ReadSubscriptions(StoreFolder folder, string channel, Action<Damage> report)
    {
        var name = $"{channel}/{SubscriptionsFile}";
        if (!folder.Exists(name))
        {
            return new SubscriptionTable();
        }

        using var reader = folder.Open(name, isTyped: true, report);
        return SubscriptionFile.Read(reader, name, report);
    }
}
