using System.Buffers.Binary;
using Bayou.Import;
using Bayou.Import.Cluster;
using Bayou.Import.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.Unit.Import;

/// <summary>What the commands of a cluster's Raft log amount to.</summary>
public sealed class ClusterHistoryTests : IDisposable
{
    private const int SequenceStart = 3;

    private readonly StoreFiles _files = new(node: "n1");
    private readonly string _log = Directory.CreateTempSubdirectory("bayou-unit-").FullName;
    private readonly List<RaftOperation> _operations = [];
    private ulong _nextId = 1;

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_log, recursive: true);
    }

    [Fact]
    public void Clients_AreThoseThatDidNotDisconnect()
    {
        Connect("a", "b");
        Disconnect("a");
        var client = Assert.Single(Open().Clients);
        Assert.Equal(("b", "hb.b"), (client.Id, client.HeartbeatInbox));
        Assert.Equal("conn-b"u8, client.ConnId.Span);
    }

    [Fact]
    public void Subscription_BeginsWhereTheLeaderSaid_AndHasWhatWasSentAndNotAcknowledged()
    {
        Connect("a");
        Subscribe("a", start: 5);
        Track("ack.1", sent: [5, 6, 7], acknowledged: [6]);
        var subscription = Assert.Single(SubscriptionsOf("foo"));
        Assert.Equal((7UL, "a"), (subscription.LastSent, subscription.Client));
        Assert.Equal([5UL, 7UL], subscription.Pending);
    }

    [Fact]
    public void SubscriptionOfAnUnknownClient_WasRefused()
    {
        Subscribe("a");
        Assert.Empty(SubscriptionsOf("foo"));
    }

    [Fact]
    public void Durable_OutlivesItsClient_AndGoesOnUnderNewInboxes()
    {
        Connect("a");
        Subscribe("a", durable: "d", start: 1);
        Track("ack.1", sent: [1, 2], acknowledged: [1]);
        Disconnect("a");
        var offline = Assert.Single(SubscriptionsOf("foo"));
        Assert.Empty(offline.Members);
        Assert.Equal("ack.1", offline.LastMember!.AckInbox);

        Connect("a");
        Subscribe("a", durable: "d", start: 99);
        var resumed = Assert.Single(SubscriptionsOf("foo"));
        Assert.Equal(2UL, resumed.LastSent);
        Assert.Equal([2UL], resumed.Pending);
        Assert.Equal("ack.2", Assert.Single(resumed.Members).AckInbox);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Durable_IsGoneOnlyWhenItWasUnsubscribed(bool removes, int left)
    {
        Connect("a");
        Subscribe("a", durable: "d");
        End("ack.1", removes);
        Assert.Equal(left, SubscriptionsOf("foo").Count);
    }

    [Fact]
    public void MemberThatJoins_ChangesNoPosition_AndOneThatLeavesHandsItOn()
    {
        Connect("a", "b");
        Subscribe("a", queue: "g", start: 1);
        Track("ack.1", sent: [1, 2, 3], acknowledged: [1, 2, 3]);
        Subscribe("b", queue: "g", start: 1);
        Assert.Equal((3UL, 2), Group());
        End("ack.1", removes: false);
        Assert.Equal((3UL, 1), Group());
        End("in.2", removes: false);
        Assert.Empty(SubscriptionsOf("foo"));

        (ulong LastSent, int Members) Group() => Assert.Single(SubscriptionsOf("foo")) is var group ? (group.LastSent, group.Members.Count) : default;
    }

    [Fact]
    public void DurableGroup_IsResumedByAnyClient()
    {
        Connect("a", "b");
        Subscribe("a", durable: "d", queue: "g", start: 1);
        Track("ack.1", sent: [1, 2], acknowledged: [1]);
        Disconnect("a");
        var offline = Assert.Single(SubscriptionsOf("foo"));
        Assert.Equal(("d", "g", "a"), (offline.DurableName, offline.QueueGroup, offline.LastMember!.Client));
        Subscribe("b", durable: "d", queue: "g", start: 1);
        var resumed = Assert.Single(SubscriptionsOf("foo"));
        Assert.Equal([2UL], resumed.Pending);
        Assert.Equal("b", Assert.Single(resumed.Members).Client);
    }

    [Fact]
    public void MessagesThatAreNotInTheFilesYet_ComeFromTheLog()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(1, [1]).AddMessage(2, [2]));
        Publish("foo", 1, 2, 3, 4);
        Publish("bar", 1);
        var channels = Open().Channels;
        Assert.Equal(["bar", "foo"], channels.Select(channel => channel.Name));
        Assert.Equal([1UL], channels[0].ReadMessages(_files.Damage.Add).Select(message => message.Sequence));
        Assert.Equal([1UL, 2UL, 3UL, 4UL], channels[1].ReadMessages(_files.Damage.Add).Select(message => message.Sequence));
    }

    [Fact]
    public void DeletedChannel_BeginsAnew()
    {
        Connect("a");
        Subscribe("a", durable: "d");
        Publish("foo", 1, 2);
        _operations.Add(new RaftOperation { Type = RaftOperation.Types.Type.DeleteChannel, Channel = "foo" });
        Assert.Empty(Open().Channels);
        Publish("foo", 1);
        var channel = Assert.Single(Open().Channels);
        Assert.Equal(1UL, Assert.Single(channel.ReadMessages(_files.Damage.Add)).Sequence);
        Assert.Empty(channel.Subscriptions);
    }

    [Fact]
    public void Snapshot_StandsForWhatIsNotInTheLogAnyMore()
    {
        var snapshot = new RaftSnapshot
        {
            Clients = { new ClientInfo { Id = "a", HeartbeatInbox = "hb.a" } },
            Channels =
            {
                new ChannelSnapshot
                {
                    Channel = "foo",
                    Subscriptions = { new SubscriptionSnapshot { State = new SubState { Id = 4, ClientId = "a", AckInbox = "ack.4", LastSent = 9 }, Pending = { 8, 9 } } },
                },
            },
        };
        WriteSnapshot("2-2-1700000000000", snapshot);
        WriteSnapshot("1-9-1700000000000", new RaftSnapshot());
        WriteSnapshot("3-9-1700000000000.tmp", new RaftSnapshot());
        Connect("before");
        Connect("before");
        Track("ack.4", sent: [10], acknowledged: [8]);
        var store = Open();
        Assert.Equal("a", Assert.Single(store.Clients).Id);
        var subscription = Assert.Single(Assert.Single(store.Channels).Subscriptions);
        Assert.Equal(10UL, subscription.LastSent);
        Assert.Equal([9UL, 10UL], subscription.Pending);
    }

    [Fact]
    public void DamagedLog_IsRefused()
    {
        Connect("a");
        var bytes = WriteLog();
        bytes[(4 * BoltBytes.PageBytes) + 2] ^= 1;
        File.WriteAllBytes(Path.Combine(_log, "raft.log"), bytes);
        Assert.Contains("page 4", Assert.Throws<SourceException>(() => OpenAsItIs()).Message, StringComparison.Ordinal);
    }

    /// <summary>One of the two meta pages is always whole; the other one may be torn.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void TornMetaPage_LeavesTheOther(int page, bool isNewest)
    {
        Connect("a");
        var bytes = WriteLog();
        bytes[(page * BoltBytes.PageBytes) + 20 + 40] ^= 1;
        File.WriteAllBytes(Path.Combine(_log, "raft.log"), bytes);
        Assert.Equal(isNewest ? 1 : 0, OpenAsItIs().Clients.Count);
    }

    [Fact]
    public void MissingLog_IsRefused() =>
        Assert.Contains("no raft.log", Assert.Throws<SourceException>(() => OpenAsItIs()).Message, StringComparison.Ordinal);

    [Fact]
    public void MessagePack_OfEveryKindIsPassedOver()
    {
        byte[][] values =
        [
            [0x05], [0xE0], [0xC0], [0xC2], [0xC3], [0x81, 0x01, 0x02], [0x92, 0x01, 0x02], [0xA1, 0x41], [0xC4, 1, 0], [0xC5, 0, 1, 0],
            [0xC6, 0, 0, 0, 1, 0], [0xC7, 1, 0, 0], [0xC8, 0, 1, 0, 0], [0xC9, 0, 0, 0, 1, 0, 0], [0xCA, 0, 0, 0, 0], [0xCB, 0, 0, 0, 0, 0, 0, 0, 0],
            [0xCC, 0], [0xCD, 0, 0], [0xCE, 0, 0, 0, 0], [0xCF, 0, 0, 0, 0, 0, 0, 0, 0], [0xD0, 0], [0xD1, 0, 0], [0xD2, 0, 0, 0, 0],
            [0xD3, 0, 0, 0, 0, 0, 0, 0, 0], [0xD4, 0, 0], [0xD5, 0, 0, 0], [0xD6, 0, 0, 0, 0, 0], [0xD7, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0xD8, 0, .. new byte[16]], [0xD9, 1, 0x41], [0xDA, 0, 1, 0x41], [0xDB, 0, 0, 0, 1, 0x41], [0xDC, 0, 1, 0x01], [0xDD, 0, 0, 0, 1, 0x01],
            [0xDE, 0, 1, 0x01, 0x02], [0xDF, 0, 0, 0, 1, 0x01, 0x02],
        ];
        foreach (var value in values)
        {
            var reader = new MessagePackReader([.. value, 0x2A]);
            reader.Skip();
            Assert.Equal(42UL, reader.ReadNumber());
            Assert.Throws<InvalidDataException>(() => new MessagePackReader(value.AsSpan(0, value.Length - 1)).Skip());
        }
    }

    private void Connect(params string[] clients) => _operations.AddRange(clients.Select(client => new RaftOperation
    {
        Type = RaftOperation.Types.Type.Connect,
        Connect = new AddClient { Request = new ConnectRequest { ClientId = client, HeartbeatInbox = $"hb.{client}", ConnId = ByteString.CopyFromUtf8($"conn-{client}") } },
    }));

    private void Disconnect(string client) =>
        _operations.Add(new RaftOperation { Type = RaftOperation.Types.Type.Disconnect, Disconnect = new ClientDelete { Id = client } });

    private void Subscribe(string client, string durable = "", string queue = "", ulong start = 1)
    {
        var id = _nextId++;
        _operations.Add(new RaftOperation
        {
            Type = RaftOperation.Types.Type.Subscribe,
            Subscribe = new AddSubscription
            {
                Id = id,
                AckInbox = $"ack.{id}",
                Request = new SubscriptionRequest
                {
                    ClientId = client, Channel = "foo", DurableName = durable, QueueGroup = queue, Inbox = $"in.{id}",
                    MaxInFlight = 4, AckWaitSeconds = 30, StartPosition = SequenceStart, StartSequence = start,
                },
            },
        });
    }

    private void Track(string ackInbox, ulong[] sent, ulong[] acknowledged) => _operations.Add(new RaftOperation
    {
        Type = RaftOperation.Types.Type.SendAndAck,
        SentAndAcknowledged = new SentAndAcknowledged { Channel = "foo", AckInbox = ackInbox, Sent = { sent }, Acknowledged = { acknowledged } },
    });

    private void End(string inbox, bool removes) => _operations.Add(new RaftOperation
    {
        Type = removes ? RaftOperation.Types.Type.RemoveSubscription : RaftOperation.Types.Type.CloseSubscription,
        End = new EndSubscription { Channel = "foo", Inbox = inbox },
    });

    private void Publish(string channel, params ulong[] sequences) => _operations.Add(new RaftOperation
    {
        Type = RaftOperation.Types.Type.Publish,
        Publish = new Batch { Messages = { sequences.Select(sequence => new ChannelMessage { Channel = channel, Sequence = sequence, Timestamp = 1 }) } },
    });

    private void WriteSnapshot(string name, RaftSnapshot snapshot)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_log, "snapshots", name)).FullName;
        var state = snapshot.ToByteArray();
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, state.Length);
        File.WriteAllBytes(Path.Combine(folder, "state.bin"), [.. size, .. state]);
    }

    /// <summary>Entries of Raft itself lie between the commands.</summary>
    private byte[] WriteLog() => BoltBytes.Write(
        [.. _operations.Select((operation, i) => BoltBytes.Entry((ulong)i + 1, operation.ToByteArray())), BoltBytes.Entry((ulong)_operations.Count + 1, [9, 9], type: 4)]);

    private IReadOnlyList<SourceSubscription> SubscriptionsOf(string channel) =>
        Open().Channels.FirstOrDefault(candidate => candidate.Name == channel)?.Subscriptions ?? [];

    private SourceStore Open()
    {
        File.WriteAllBytes(Path.Combine(_log, "raft.log"), WriteLog());
        return OpenAsItIs();
    }

    private SourceStore OpenAsItIs() =>
        SourceStore.Open(new SourceOptions { Directory = _files.Path, RaftLogDirectory = _log }, _files.Damage.Add);
}
