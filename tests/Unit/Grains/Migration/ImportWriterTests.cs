using System.Text.Json;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Migration;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Bayou.Import;
using Bayou.Import.Wire;
using Bayou.Records;
using Bayou.Storage.Disk;
using Bayou.Unit.Import;
using Bayou.Unit.Storage;
using Orleans.Storage;
using Xunit;

namespace Bayou.Unit.Grains.Migration;

/// <summary>What an import leaves behind, as the next start finds it.</summary>
public sealed class ImportWriterTests : IDisposable
{
    private const long Hour = 3_600_000_000_000;

    private readonly StoreFiles _files = new();
    private readonly MemoryDisk _disk = new();

    public void Dispose()
    {
        _files.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Messages_KeepTheirSequencesTimesAndData_AndGapsAreSkipped()
    {
        _files.WriteSlice("foo", 1, new StoreBytes()
            .AddMessage(41, [41], timestamp: 5000, reply: "r")
            .AddMessage(42, [42], timestamp: 5000)
            .AddMessage(45, [], timestamp: 4000));
        Import();
        using var store = StoreFixture.Open(_disk);
        var batches = StoreFixture.ReadAll(store.OpenLog(new GroupId(1)), from: 1);
        var records = batches.SelectMany(batch => Walk(batch)).ToList();
        Assert.Equal(
            [(41UL, 5000L, false, "r", "29"), (42, 5000, false, "", "2A"), (43, 5000, true, "", ""), (44, 5000, true, "", ""), (45, 4000, false, "", "")],
            records);
        Assert.Equal([4, 1], batches.Select(batch => batch.Count));
        var machine = MachineOf(store, 1);
        Assert.Equal((41UL, 45UL, 4000L), (machine.FirstSequence, machine.LastSequence, machine.LastTimestamp));
        Assert.Equal((ulong)batches.Sum(batch => batch.AccountedBytes), machine.Bytes);
    }

    [Theory]
    [InlineData(2, 0, 0, 9)]
    [InlineData(0, 1, 0, 10)]
    [InlineData(0, 0, 3, 8)]
    [InlineData(0, 0, 0, 1)]
    public void Limits_TakeTheOldestMessages(int messages, int bytes, int hours, ulong first)
    {
        var slice = new StoreBytes();
        for (var sequence = 1UL; sequence <= 10; sequence++)
        {
            slice.AddMessage(sequence, [1], timestamp: (long)sequence * Hour);
        }

        _files.WriteSlice("foo", 1, slice);
        Import(new ChannelLimits { MaxMessages = messages, MaxBytes = bytes, MaxAge = TimeSpan.FromHours(hours) }, now: 11 * Hour);
        using var store = StoreFixture.Open(_disk);
        Assert.Equal((first, 10UL), (MachineOf(store, 1).FirstSequence, MachineOf(store, 1).LastSequence));
    }

    [Fact]
    public void ChannelWhoseMessagesAreAllTooOld_IsEmptyAndGoesOnCounting()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(1, [], timestamp: 1).AddMessage(2, [], timestamp: 2));
        Import(new ChannelLimits { MaxAge = TimeSpan.FromHours(1) }, now: 2 * Hour);
        using var store = StoreFixture.Open(_disk);
        Assert.Equal((3UL, 2UL, 0UL), (MachineOf(store, 1).FirstSequence, MachineOf(store, 1).LastSequence, MachineOf(store, 1).Bytes));
    }

    [Fact]
    public void ChannelWithoutFiles_GoesOnBehindWhatItsDurablesWereSent()
    {
        _files.Write("foo/subs.dat", new StoreBytes()
            .Add(new SubState { Id = 1, ClientId = "a", DurableName = "d", IsDurable = true, LastSent = 25, IsClosed = true }, type: 1).ToArray());
        Import();
        using var store = StoreFixture.Open(_disk);
        Assert.Equal((26UL, 25UL), (MachineOf(store, 1).FirstSequence, MachineOf(store, 1).LastSequence));
        Assert.Equal(25UL, Assert.Single(MachineOf(store, 1).Subscriptions).LastSent);
    }

    /// <summary>A position beyond the last message, as damage leaves it, would swallow messages that are yet to come.</summary>
    [Fact]
    public void Positions_StayWithinTheChannel()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(3, []).AddMessage(4, []));
        _files.Write("foo/subs.dat", new StoreBytes()
            .Add(new SubState { Id = 1, ClientId = "a", DurableName = "d", IsDurable = true, LastSent = 6 }, type: 1)
            .Add(new SubStateUpdate { Id = 1, Sequence = 2 }, type: 5)
            .Add(new SubStateUpdate { Id = 1, Sequence = 4 }, type: 5)
            .Add(new SubStateUpdate { Id = 1, Sequence = 5 }, type: 5)
            .ToArray());
        Import();
        using var store = StoreFixture.Open(_disk);
        var subscription = Assert.Single(MachineOf(store, 1).Subscriptions);
        Assert.Equal(4UL, subscription.LastSent);
        var pending = Assert.Single(subscription.Pending.Ranges);
        Assert.Equal((4UL, 4UL), (pending.First, pending.Last));
    }

    [Fact]
    public void Sessions_AreFoundByClientAndByConnId_AndKnowTheirAckInboxes()
    {
        _files.WriteClients("alpha");
        _files.Write("foo/subs.dat", new StoreBytes()
            .Add(new SubState { Id = 1, ClientId = "alpha", Inbox = "in", AckInbox = "old.ack", MaxInFlight = 7, AckWaitSeconds = 30 }, type: 1).ToArray());
        Import();
        using var store = StoreFixture.Open(_disk);
        var metadata = new MetadataStateMachine();
        metadata.Restore(StateOf(store, GroupId.Metadata));
        Assert.Equal("sample", metadata.StreamingId);
        var session = JsonSerializer.Deserialize<SessionState>(metadata.Rows["session/client/alpha"].Value.Span)!;
        Assert.True(session.IsOpen);
        Assert.Equal(("hb.alpha", 77UL), (session.HeartbeatInbox, session.Epoch));
        Assert.Equal("foo", Assert.Single(session.Channels));
        var connId = Assert.Single(metadata.Rows, row => row.Key.StartsWith("connid/", StringComparison.Ordinal));
        Assert.Equal("connid/connid/" + session.ConnIdHex, connId.Key);

        var subscription = Assert.Single(MachineOf(store, 1).Subscriptions);
        var member = Assert.Single(subscription.Members);
        Assert.Equal(("in", 7, 77UL), (member.Inbox, member.MaxInFlight, member.Session.Value));
        Assert.Equal(member.AckInboxOf(new GroupId(1), subscription.Number).ToString(), session.AckInboxes["old.ack"]);
    }

    [Fact]
    public void NamesThatDifferInCaseOnly_AreRefused()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(1, []));
        _files.WriteSlice("FOO", 1, new StoreBytes().AddMessage(1, []));
        Assert.Contains("FOO", Assert.Throws<SourceException>(() => Import()).Message, StringComparison.Ordinal);
    }

    private static List<(ulong, long, bool, string, string)> Walk(RecordBatch batch)
    {
        var records = new List<(ulong, long, bool, string, string)>();
        foreach (var record in batch)
        {
            records.Add((record.Sequence, record.Timestamp, record.IsSkipped, System.Text.Encoding.UTF8.GetString(record.ReplyTo), Convert.ToHexString(record.Payload)));
        }

        return records;
    }

    private static ChannelStateMachine MachineOf(Bayou.Storage.SiloStore store, ulong group) => ChannelStateMachine.Restore(StateOf(store, new GroupId(group)));

    private static ReadOnlySpan<byte> StateOf(Bayou.Storage.SiloStore store, GroupId group)
    {
        var recovered = store.Groups.Single(candidate => candidate.Group == group);
        Assert.Empty(recovered.Entries);
        Assert.Null(recovered.Fault);
        return new ReplicaPosition().Restore(recovered.State, recovered.AppliedIndex, recovered.AppliedTerm, out _).Span;
    }

    private void Import(ChannelLimits? limits = null, long now = 0)
    {
        var source = _files.Open();
        using var store = StoreFixture.Open(_disk);
        var secret = 0UL;
        var writer = new ImportWriter(
            store, ClusterSettings.Alone with { StreamingId = source.ClusterId }, replicas: 3, new SessionEpoch(77), () => ++secret, new JsonRows(),
            (grain, key) => GrainId.Create(grain.Name.Replace("Grain", "", StringComparison.Ordinal).ToLowerInvariant(), key));
        foreach (var client in source.Clients)
        {
            writer.AddClient(client);
        }

        foreach (var channel in source.Channels)
        {
            writer.AddChannel(channel, ChannelExtent.Measure(channel, limits ?? new ChannelLimits(), now, _files.Damage.Add), _files.Damage.Add);
        }

        writer.Complete();
        Assert.Empty(_files.Damage);
    }

    private sealed class JsonRows : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => BinaryData.FromObjectAsJson(input);

        public T Deserialize<T>(BinaryData input) => input.ToObjectFromJson<T>()!;
    }
}
