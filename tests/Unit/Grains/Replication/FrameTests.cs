using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class FrameTests
{
    private static readonly FrameHeader Header = new(
        new Guid(1, 2, 3, new byte[8]), new Guid(4, 5, 6, new byte[8]), new SiloNumber(7), new SiloStart(8, 10), new SiloNumber(9), new SiloStart(11, 12), new SiloStart(13, 14));

    private static readonly Gen<ConfState> Memberships = Gen.Select(
        Gen.ULong.Array[0, 5], Gen.ULong.Array[0, 3], Gen.ULong.Array[0, 5], Gen.ULong.Array[0, 2], Gen.Bool,
        static (voters, learners, outgoing, next, leave) => new ConfState
        {
            Voters = voters,
            Learners = learners,
            VotersOutgoing = outgoing,
            LearnersNext = next,
            AutoLeave = leave,
        });

    private static readonly Gen<Entry[]> Entries = Gen.Select(
        Gen.ULong, Gen.ULong, Gen.Int[0, 2], Gen.Byte.Array[0, 50],
        static (index, term, kind, data) => new Entry(index, term, (EntryKind)kind, data)).Array[0, 4];

    private static readonly Gen<Snapshot?> Snapshots = Gen.Select(
        Gen.Bool, Gen.ULong, Gen.ULong, Memberships, Gen.Byte.Array[0, 60],
        static (isThere, index, term, members, data) => isThere ? new Snapshot(index, term, members, data) : null);

    private static readonly MessageKind[] Kinds =
    [
        .. Enum.GetValues<MessageKind>().Where(kind => kind is not (MessageKind.StorageAppend or MessageKind.StorageAppendResponse
            or MessageKind.StorageApply or MessageKind.StorageApplyResponse)),
    ];

    private static readonly Gen<RaftMessage> Messages = Gen.Select(
        Gen.Int[0, Kinds.Length - 1], Gen.ULong.Array[8], Gen.Int[0, 7], Entries, Snapshots,
        static (kind, numbers, flags, entries, snapshot) => new RaftMessage
        {
            Kind = Kinds[kind],
            From = numbers[0],
            To = numbers[1],
            Term = numbers[2],
            LogTerm = numbers[3],
            Index = numbers[4],
            Commit = numbers[5],
            RejectHint = numbers[6],
            Context = numbers[7],
            IsRejected = (flags & 1) != 0,
            IsTransfer = (flags & 2) != 0,
            IsDamaged = (flags & 4) != 0,
            Entries = entries,
            Snapshot = snapshot,
        });

    [Fact]
    public void AnyMessage_ComesBackAsItWent() => Gen.Select(Messages, Gen.ULong).Sample(static (message, group) =>
    {
        var frame = new FrameBuilder();
        frame.Add(new GroupId(group), message);
        var reader = new FrameReader(frame.Complete(Header).ToArray());
        Assert.True(reader.TryNext(out FrameItem kind, out ReadOnlyMemory<byte> content));
        Assert.Equal(FrameItem.Raft, kind);
        AssertEqual(message, RaftMessageCodec.Read(content, out GroupId read));
        Assert.Equal(group, read.Value);
        Assert.False(reader.TryNext(out _, out _));
    });

    [Fact]
    public void MessageCutAnywhere_IsRefused() => Messages.Sample(static message =>
    {
        var bytes = new byte[RaftMessageCodec.Measure(message)];
        RaftMessageCodec.Write(bytes, new GroupId(1), message);
        for (int length = 0; length < bytes.Length; length++)
        {
            // Where the cut only takes the end of an entry's neighbour, the missing part is noticed all the same.
            Assert.Throws<InvalidDataException>(() => RaftMessageCodec.Read(bytes.AsMemory(0, length), out _));
        }
    }, iter: 300);

    [Fact]
    public void StorageWork_IsNotTakenFromAPeer()
    {
        var bytes = new byte[RaftMessageCodec.Measure(new RaftMessage { Kind = MessageKind.StorageAppend })];
        RaftMessageCodec.Write(bytes, new GroupId(1), new RaftMessage { Kind = MessageKind.StorageAppend });
        Assert.Throws<InvalidDataException>(() => RaftMessageCodec.Read(bytes, out _));
    }

    [Fact]
    public void FlippedBit_MakesTheFrameUnreadable()
    {
        var builder = new FrameBuilder();
        builder.Add(FrameItem.Heartbeat, new Heartbeat { WallClock = 42 });
        byte[] frame = builder.Complete(Header).ToArray();
        Assert.True(FrameHeader.TryRead(frame, out FrameHeader header));
        Assert.Equal(Header, header);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(FrameHeader.TryRead(frame, out _), $"bit {bit}");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void ManyItems_AreReadInOrder()
    {
        var builder = new FrameBuilder();
        builder.Add(FrameItem.Heartbeat, new Heartbeat { WallClock = 1 });
        builder.Add(new GroupId(3), new RaftMessage { Kind = MessageKind.Heartbeat, From = 1, To = 2, Term = 3 });
        builder.Add(FrameItem.Heartbeat, new Heartbeat { WallClock = 2 });
        var reader = new FrameReader(builder.Complete(Header).ToArray());
        var kinds = new List<FrameItem>();
        while (reader.TryNext(out FrameItem kind, out _)) kinds.Add(kind);
        Assert.Equal([FrameItem.Heartbeat, FrameItem.Raft, FrameItem.Heartbeat], kinds);
        builder.Clear();
        Assert.True(builder.IsEmpty);
    }

    private static void AssertEqual(in RaftMessage expected, in RaftMessage actual)
    {
        Assert.Equal(expected with { Entries = default, Snapshot = null }, actual with { Entries = default, Snapshot = null });
        Assert.Equal(expected.Entries.Length, actual.Entries.Length);
        for (int i = 0; i < expected.Entries.Length; i++)
        {
            Entry entry = expected.Entries.Span[i];
            Assert.Equal(entry with { Data = default }, actual.Entries.Span[i] with { Data = default });
            Assert.Equal(entry.Data.ToArray(), actual.Entries.Span[i].Data.ToArray());
        }

        Assert.Equal(expected.Snapshot is null, actual.Snapshot is null);
        if (expected.Snapshot is { } snapshot)
        {
            Assert.Equal(snapshot with { Data = default }, actual.Snapshot! with { Data = default });
            Assert.Equal(snapshot.Data.ToArray(), actual.Snapshot!.Data.ToArray());
        }
    }
}
