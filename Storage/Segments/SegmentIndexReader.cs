using System.Buffers.Binary;
using Bayou.Records;
using static Bayou.Storage.Segments.SegmentLayout;

namespace Bayou.Storage.Segments;

/// <summary>Finds the sparse index of a segment: in the footer, or by walking the frames.</summary>
internal static class SegmentIndexReader
{
    /// <summary>Reads the index from the footer of a sealed segment.</summary>
    public static SparseIndex ReadFooter(OpenFiles files, SegmentKey key, long footerOffset)
    {
        try
        {
            using var rental = files.Rent(key);
            var length = rental.File.Length - footerOffset;
            var footer = new byte[Math.Clamp(length, 0, int.MaxValue / 2)];
            if (footer.Length < TrailerBytes || rental.File.Read(footer, footerOffset) < footer.Length)
            {
                throw new StorageCorruptException(key.Path, footerOffset, "the footer of a sealed segment is cut off");
            }

            return Decode(footer, key, footerOffset);
        }
        catch (FileNotFoundException)
        {
            throw new StorageCorruptException(key.Path, 0, "the file is missing");
        }
    }

    /// <summary>Builds the index of the frames before <paramref name="limit"/>.</summary>
    public static SparseIndex Walk(OpenFiles files, SegmentKey key, long limit, int chunkBytes)
    {
        var index = new SparseIndex(HeaderBytes);
        var cursor = new SegmentCursor(files, chunkBytes);
        cursor.Open(key, HeaderBytes, limit);
        while (cursor.TryNext(out var batch, out var offset))
        {
            index.Add(batch.BaseSequence, batch.Timestamp, offset);
        }

        return index;
    }

    private static SparseIndex Decode(ReadOnlySpan<byte> footer, SegmentKey key, long footerOffset)
    {
        var trailer = footer[^TrailerBytes..];
        var entries = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (Checksum.Crc32C(footer[..^sizeof(uint)]) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[TrailerCrcOffset..])
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != FooterMagic
            || BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]) != footerOffset
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[16..]) != key.Group.Value
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[24..]) != key.First
            || footer.Length != (entries * (long)IndexEntryBytes) + TrailerBytes)
        {
            throw new StorageCorruptException(key.Path, footerOffset, "the footer of a sealed segment fails its checksum");
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
