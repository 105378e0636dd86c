using System.Buffers.Binary;
using Bayou.Raft;
using Bayou.Records;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Messages of consensus on the wire. Numbers are little endian.
/// <code>
///   0  u64 group           8  u8 kind   9  u8 flags (1 rejected, 2 transfer, 4 snapshot, 8 damaged)   10  u16 zero
///  12  u32 number of entries
///  16  u64 from, to, term, log term, index, commit, reject hint, context
///  80  entries: u64 index, u64 term, u8 kind, u32 length, data
///      snapshot: u64 index, u64 term, membership, u32 length, data
/// </code>
/// A membership is four lists, each a u16 count and its u64 ids, and a u8 that says whether a joint one is left automatically.
/// Entries keep slices of the frame that brought them.
/// </summary>
internal static class RaftMessageCodec
{
    private const int HeaderBytes = 80;
    private const int EntryHeaderBytes = 21;
    private const byte RejectedFlag = 1;
    private const byte TransferFlag = 2;
    private const byte SnapshotFlag = 4;
    private const byte DamagedFlag = 8;

    public static int Measure(in RaftMessage message)
    {
        var length = HeaderBytes;
        foreach (ref readonly var entry in message.Entries.Span)
        {
            length += EntryHeaderBytes + entry.Data.Length;
        }

        return message.Snapshot is { } snapshot
            ? length + 16 + MembershipCodec.Measure(snapshot.ConfState) + sizeof(int) + snapshot.Data.Length
            : length;
    }

    public static void Write(Span<byte> target, GroupId group, in RaftMessage message)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, group.Value);
        target[8] = (byte)message.Kind;
        target[9] = (byte)((message.IsRejected ? RejectedFlag : 0)
            | (message.IsTransfer ? TransferFlag : 0)
            | (message.Snapshot is null ? 0 : SnapshotFlag)
            | (message.IsDamaged ? DamagedFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], message.Entries.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], message.From);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], message.To);
        BinaryPrimitives.WriteUInt64LittleEndian(target[32..], message.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], message.LogTerm);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], message.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(target[56..], message.Commit);
        BinaryPrimitives.WriteUInt64LittleEndian(target[64..], message.RejectHint);
        BinaryPrimitives.WriteUInt64LittleEndian(target[72..], message.Context);
        var rest = target[HeaderBytes..];
        foreach (ref readonly var entry in message.Entries.Span)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, entry.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], entry.Term);
            rest[16] = (byte)entry.Kind;
            BinaryPrimitives.WriteInt32LittleEndian(rest[17..], entry.Data.Length);
            entry.Data.Span.CopyTo(rest[EntryHeaderBytes..]);
            rest = rest[(EntryHeaderBytes + entry.Data.Length)..];
        }

        if (message.Snapshot is { } snapshot)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, snapshot.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], snapshot.Term);
            rest = rest[16..];
            rest = rest[MembershipCodec.Write(rest, snapshot.ConfState)..];
            BinaryPrimitives.WriteInt32LittleEndian(rest, snapshot.Data.Length);
            snapshot.Data.Span.CopyTo(rest[sizeof(int)..]);
        }
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a message.</exception>
    public static RaftMessage Read(ReadOnlyMemory<byte> bytes, out GroupId group)
    {
        if (bytes.Length < HeaderBytes)
        {
            throw Malformed();
        }

        var span = bytes.Span;
        group = new GroupId(BinaryPrimitives.ReadUInt64LittleEndian(span));
        var kind = (MessageKind)span[8];
        if (!IsFromPeer(kind))
        {
            throw new InvalidDataException($"A silo sent a {kind}, which no silo may send.");
        }

        var flags = span[9];
        var rest = bytes[HeaderBytes..];
        return new RaftMessage
        {
            Kind = kind,
            From = BinaryPrimitives.ReadUInt64LittleEndian(span[16..]),
            To = BinaryPrimitives.ReadUInt64LittleEndian(span[24..]),
            Term = BinaryPrimitives.ReadUInt64LittleEndian(span[32..]),
            LogTerm = BinaryPrimitives.ReadUInt64LittleEndian(span[40..]),
            Index = BinaryPrimitives.ReadUInt64LittleEndian(span[48..]),
            Commit = BinaryPrimitives.ReadUInt64LittleEndian(span[56..]),
            RejectHint = BinaryPrimitives.ReadUInt64LittleEndian(span[64..]),
            Context = BinaryPrimitives.ReadUInt64LittleEndian(span[72..]),
            IsRejected = (flags & RejectedFlag) != 0,
            IsTransfer = (flags & TransferFlag) != 0,
            IsDamaged = (flags & DamagedFlag) != 0,
            Entries = ReadEntries(BinaryPrimitives.ReadInt32LittleEndian(span[12..]), ref rest),
            Snapshot = (flags & SnapshotFlag) != 0 ? ReadSnapshot(rest) : null,
        };
    }

    private static bool IsFromPeer(MessageKind kind) =>
        Enum.IsDefined(kind) && kind is not (MessageKind.StorageAppend or MessageKind.StorageAppendResponse
            or MessageKind.StorageApply or MessageKind.StorageApplyResponse);

    private static ReadOnlyMemory<Entry> ReadEntries(int count, ref ReadOnlyMemory<byte> rest)
    {
        if (count == 0)
        {
            return default;
        }

        if (count < 0 || count > rest.Length / EntryHeaderBytes)
        {
            throw Malformed();
        }

        var entries = new Entry[count];
        for (var i = 0; i < count; i++)
        {
            var span = rest.Span;
            var length = span.Length < EntryHeaderBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(span[17..]);
            if (length < 0 || length > span.Length - EntryHeaderBytes || span[16] > (byte)EntryKind.ConfChangeV2)
            {
                throw Malformed();
            }

            entries[i] = new Entry(
                BinaryPrimitives.ReadUInt64LittleEndian(span),
                BinaryPrimitives.ReadUInt64LittleEndian(span[8..]),
                (EntryKind)span[16],
                rest.Slice(EntryHeaderBytes, length));
            rest = rest[(EntryHeaderBytes + length)..];
        }

        return entries;
    }

    private static Snapshot ReadSnapshot(ReadOnlyMemory<byte> rest)
    {
        if (rest.Length < 16)
        {
            throw Malformed();
        }

        var index = BinaryPrimitives.ReadUInt64LittleEndian(rest.Span);
        var term = BinaryPrimitives.ReadUInt64LittleEndian(rest.Span[8..]);
        rest = rest[16..];
        var members = MembershipCodec.Read(rest.Span, out var used);
        rest = rest[used..];
        var length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        return length >= 0 && length <= rest.Length - sizeof(int)
            ? new Snapshot(index, term, members, rest.Slice(sizeof(int), length))
            : throw Malformed();
    }

    private static InvalidDataException Malformed() => new("A silo sent what is no message of consensus.");
}
