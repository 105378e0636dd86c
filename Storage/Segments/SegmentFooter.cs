using System.Buffers.Binary;
using Bayou.Records;
using static Bayou.Storage.Segments.SegmentLayout;

namespace Bayou.Storage.Segments;

/// <summary>The footer of a sealed segment. It follows from the frames, so every replica writes the same.</summary>
internal static class SegmentFooter
{
    public static byte[] Encode(SegmentKey key, in SegmentInfo segment, SparseIndex index)
    {
        var entries = index.Entries;
        var footer = new byte[(entries.Length * IndexEntryBytes) + TrailerBytes];
        var rest = footer.AsSpan();
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, entry.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], entry.Timestamp);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], entry.Offset);
            rest = rest[IndexEntryBytes..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest, FooterMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)entries.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], segment.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], key.Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[24..], key.First);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[32..], segment.Last);
        BinaryPrimitives.WriteInt64LittleEndian(rest[40..], segment.FirstTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(rest[48..], segment.LastTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[56..], segment.LastLogIndex);
        BinaryPrimitives.WriteUInt128BigEndian(rest[TrailerHashOffset..], segment.Hash);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[TrailerCrcOffset..], Checksum.Crc32C(footer.AsSpan(0, footer.Length - sizeof(uint))));
        return footer;
    }

    /// <summary>Reads the index of a segment whose frames end at <paramref name="offset"/>; null when these are not the bytes of its footer.</summary>
    public static SparseIndex? TryRead(ReadOnlySpan<byte> footer, SegmentKey key, long offset)
    {
        if (footer.Length < TrailerBytes)
        {
            return null;
        }

        var trailer = footer[^TrailerBytes..];
        var entries = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (Checksum.Crc32C(footer[..^sizeof(uint)]) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[TrailerCrcOffset..])
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != FooterMagic
            || BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]) != offset
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[16..]) != key.Group.Value
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[24..]) != key.First
            || footer.Length != (entries * (long)IndexEntryBytes) + TrailerBytes)
        {
            return null;
        }

        var index = new SparseIndex(HeaderBytes);
        for (var rest = footer[..^TrailerBytes]; !rest.IsEmpty; rest = rest[IndexEntryBytes..])
        {
            index.Restore(new SparseIndexEntry(
                BinaryPrimitives.ReadUInt64LittleEndian(rest),
                BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[16..])));
        }

        return index;
    }
}
