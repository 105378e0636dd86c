using Bayou.Import.Encryption;
using Bayou.Import.Subscriptions;
using Bayou.Import.Wire;
using Google.Protobuf;

namespace Bayou.Import.Cluster;

/// <summary>
/// What a node of a cluster knows beside its files: clients and subscriptions, from the newest snapshot of its Raft log and the commands
/// behind it. Which of the last commands were committed is written nowhere; a node that was stopped last has the ones that were.
/// </summary>
internal sealed class ClusterHistory
{
    private readonly SortedDictionary<string, SourceClient> _clients = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ChannelHistory> _channels = new(StringComparer.Ordinal);
    private readonly Func<string, ulong> _lastStored;

    private ClusterHistory(Func<string, ulong> lastStored) => _lastStored = lastStored;

    /// <summary>Last index and term of the log.</summary>
    public string Position { get; private set; } = "";

    public IReadOnlyList<SourceClient> Clients => [.. _clients.Values];

    public IEnumerable<string> Channels => _channels.Keys;

    /// <summary>Reads the log in <paramref name="directory"/>; <paramref name="lastStored"/> says how far a channel's files go.</summary>
    /// <exception cref="SourceException">The log cannot be read.</exception>
    public static ClusterHistory Read(string directory, string clusterId, ReadOnlySpan<byte> key, Func<string, ulong> lastStored)
    {
        using var cipher = key.IsEmpty ? PayloadCipher.None() : PayloadCipher.ForRaftLog(key);
        var history = new ClusterHistory(lastStored);
        var folder = RaftFolder.Find(directory, clusterId);
        var (snapshot, snapshotIndex) = folder.ReadSnapshot();
        if (snapshot is not null)
        {
            history.Restore(snapshot);
            history.Position = $"index {snapshotIndex}, a snapshot";
        }

        folder.ReadEntries(entry =>
        {
            if (entry.Index > snapshotIndex)
            {
                history.Take(entry, cipher);
            }
        });
        return history;
    }

    public SubscriptionTable SubscriptionsOf(string channel) =>
        _channels.TryGetValue(channel, out var history) ? history.Subscriptions : new SubscriptionTable();

    public IReadOnlyList<ChannelMessage> MessagesOf(string channel) =>
        _channels.TryGetValue(channel, out var history) ? history.Messages : [];

    private void Take(in RaftEntry entry, PayloadCipher cipher)
    {
        Position = $"index {entry.Index} of term {entry.Term}";
        if (entry.IsCommand && entry.Data.Length > 0)
        {
            Apply(Parse(entry, cipher));
        }
    }

    /// <summary>A command that is not encrypted begins with another byte than one that is.</summary>
    private static RaftOperation Parse(in RaftEntry entry, PayloadCipher cipher)
    {
        var data = entry.Data;
        if (PayloadCipher.MayBeSealed(data) && !cipher.TryOpen(data, out data))
        {
            throw new SourceException($"Entry {entry.Index} of the Raft log is encrypted, and there is no key or not the right one.");
        }

        try
        {
            return RaftOperation.Parser.ParseFrom(data);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new SourceException($"Entry {entry.Index} of the Raft log is no command: {exception.Message}", exception);
        }
    }

    private void Restore(RaftSnapshot snapshot)
    {
        foreach (var client in snapshot.Clients)
        {
            _clients[client.Id] = SourceStore.ToClient(client);
        }

        foreach (var channel in snapshot.Channels)
        {
            var history = Open(channel.Channel);
            foreach (var subscription in channel.Subscriptions)
            {
                history.Restore(subscription);
            }
        }
    }

    private void Apply(RaftOperation operation)
    {
        switch (operation.Type)
        {
            case RaftOperation.Types.Type.Publish:
                foreach (var message in operation.Publish.Messages)
                {
                    Open(message.Channel).Publish(message);
                }

                break;
            case RaftOperation.Types.Type.Subscribe when _clients.ContainsKey(operation.Subscribe.Request.ClientId):
                Open(operation.Subscribe.Request.Channel).Subscribe(operation.Subscribe);
                break;
            case RaftOperation.Types.Type.RemoveSubscription:
            case RaftOperation.Types.Type.CloseSubscription:
                Find(operation.End.Channel)?.End(operation.End.Inbox, operation.Type == RaftOperation.Types.Type.RemoveSubscription);
                break;
            case RaftOperation.Types.Type.SendAndAck:
                Find(operation.SentAndAcknowledged.Channel)?.Track(operation.SentAndAcknowledged);
                break;
            case RaftOperation.Types.Type.Connect:
                Connect(operation.Connect.Request);
                break;
            case RaftOperation.Types.Type.Disconnect:
                Disconnect(operation.Disconnect.Id);
                break;
            case RaftOperation.Types.Type.DeleteChannel:
                _channels.Remove(operation.Channel);
                break;
        }
    }

    private void Connect(ConnectRequest request) => _clients[request.ClientId] = new SourceClient
    {
        Id = request.ClientId,
        HeartbeatInbox = request.HeartbeatInbox,
        ConnId = request.ConnId.Memory,
        Protocol = request.Protocol,
        PingInterval = request.PingInterval,
        PingMaxOut = request.PingMaxOut,
    };

    private void Disconnect(string client)
    {
        foreach (var channel in _channels.Values)
        {
            channel.EndAllOf(client);
        }

        _clients.Remove(client);
    }

    private ChannelHistory? Find(string channel) => _channels.GetValueOrDefault(channel);

    private ChannelHistory Open(string channel)
    {
        if (!_channels.TryGetValue(channel, out var history))
        {
            _channels.Add(channel, history = new ChannelHistory(_lastStored(channel)));
        }

        return history;
    }
}
