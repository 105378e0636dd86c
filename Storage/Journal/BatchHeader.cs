using System.Buffers.Binary;
using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>The header of a batch, checked if it was read.</summary>
internal readonly record struct BatchHeader(
    BatchFlags Flags,
    ulong File,
    ulong Batch,
    ulong Durable,
    uint PreviousCrc,
    uint PayloadBytes,
    uint DirectoryEntries,
    uint Records,
    uint Sectors,
    uint PayloadCrc,
    uint DirectoryCrc,
    uint HeaderCrc)
{
    /// <summary>Reads the header in the first sector of a batch; false when these are not the bytes of one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> sector, ulong seed, out BatchHeader header)
    {
        var bytes = sector.Slice(StampBytes, HeaderBytes);
        header = default;
        if (ReadUInt32(bytes, 0) != Magic || Checksum.Crc32C(bytes[..HeaderCrcOffset], seed) != ReadUInt32(bytes, HeaderCrcOffset))
        {
            return false;
        }

        header = new BatchHeader(
            (BatchFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[FlagsOffset..]),
            ReadUInt64(bytes, FileOffset),
            ReadUInt64(bytes, BatchOffset),
            ReadUInt64(bytes, DurableOffset),
            ReadUInt32(bytes, PreviousCrcOffset),
            ReadUInt32(bytes, PayloadLengthOffset),
            ReadUInt32(bytes, DirectoryCountOffset),
            ReadUInt32(bytes, RecordCountOffset),
            ReadUInt32(bytes, SectorCountOffset),
            ReadUInt32(bytes, PayloadCrcOffset),
            ReadUInt32(bytes, DirectoryCrcOffset),
            ReadUInt32(bytes, HeaderCrcOffset));
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]) == FormatVersion
            && header.Sectors == SectorsFor(HeaderBytes + (long)header.PayloadBytes)
            && (ulong)header.DirectoryEntries * DirectoryEntryBytes <= header.PayloadBytes;
    }

    /// <summary>Writes the header and returns its checksum.</summary>
    public uint Write(Span<byte> bytes, ulong seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[FlagsOffset..], (ushort)Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[FileOffset..], File);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[BatchOffset..], Batch);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[DurableOffset..], Durable);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PreviousCrcOffset..], PreviousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PayloadLengthOffset..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[DirectoryCountOffset..], DirectoryEntries);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[RecordCountOffset..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[SectorCountOffset..], Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PayloadCrcOffset..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[DirectoryCrcOffset..], DirectoryCrc);
        var crc = Checksum.Crc32C(bytes[..HeaderCrcOffset], seed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[HeaderCrcOffset..], crc);
        return crc;
    }
}
