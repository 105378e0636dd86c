using System.Buffers.Binary;
using System.Numerics;
using Bayou.Records;

namespace Bayou.Storage.Journal;

/// <summary>
/// What the directory of a batch says about one write. It has a checksum of its own, so that a damaged batch still tells what it
/// held. Without entries, the last index and term are those of the snapshot, or the index is the number of the quarantine.
/// </summary>
internal readonly record struct DirectoryEntry(GroupId Group, ulong FirstIndex, ulong LastIndex, ulong LastTerm, uint Records, uint Kinds)
{
    public static DirectoryEntry Of(JournalWrite write)
    {
        var entries = write.Entries;
        var kinds = (entries.Count > 0 ? Bit(JournalRecordKind.Entry) : 0)
            | (write.GroupCreated ? Bit(JournalRecordKind.GroupCreated) : 0)
            | (write.HardState is not null ? Bit(JournalRecordKind.HardState) : 0)
            | (write.Snapshot is not null ? Bit(JournalRecordKind.Snapshot) : 0)
            | (write.GroupDeleted ? Bit(JournalRecordKind.GroupDeleted) : 0)
            | (write.Quarantine != 0 ? Bit(JournalRecordKind.GroupQuarantined) : 0)
            | (write.Fault is not null ? Bit(JournalRecordKind.Fault) : 0);
        var others = BitOperations.PopCount(kinds & ~Bit(JournalRecordKind.Entry));
        return new DirectoryEntry(
            write.Group,
            entries.Count > 0 ? entries[0].Index : 0,
            entries.Count > 0 ? entries[^1].Index : write.Snapshot?.Index ?? write.Quarantine,
            entries.Count > 0 ? entries[^1].Term : write.Snapshot?.Term ?? 0,
            (uint)(entries.Count + others),
            kinds);
    }

    public static DirectoryEntry Read(ReadOnlySpan<byte> bytes) => new(
        new GroupId(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], FirstIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], LastIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], LastTerm);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], Kinds);
    }

    /// <summary>Whether the write had a record of this kind.</summary>
    public bool Has(JournalRecordKind kind) => (Kinds & Bit(kind)) != 0;

    private static uint Bit(JournalRecordKind kind) => 1U << (int)kind;
}
