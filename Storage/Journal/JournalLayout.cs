using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bayou.Records;

namespace Bayou.Storage.Journal;

/// <summary>
/// Where everything lies in a journal file. All numbers are little endian.
/// <code>
/// file    batches one after the other, each on whole sectors of 4096 bytes
/// sector    0  u32 CRC-32C of bytes 4..4096    every sector of a batch begins with this stamp, 24 bytes
///           4  u32 number of the sector in its batch
///           8  u64 number of the batch
///          16  u64 number of the file
/// batch   what remains of its sectors, 4072 bytes of each, is one stream: header, directory, records, zeros
/// header    0  u32 magic 'BYJL'            32  u32 header CRC of the batch before
///           4  u16 version                 36  u32 bytes of directory and records
///           6  u16 flags                   40  u32 entries of the directory
///           8  u64 number of the file      44  u32 records
///          16  u64 number of the batch     48  u32 sectors
///          24  u64 newest batch known to   52  u32 CRC-32C of the CRCs of all sectors but the first
///                  be durable              56  u32 CRC-32C of the directory
///                                          60  u32 CRC-32C of the header up to here
/// directory entry, one per write           record
///           0  u64 group                    0  u8  JournalRecordKind
///           8  u64 first index              1  u8  kind of the entry
///          16  u64 last index               2  u16 zero
///          24  u64 term of the last         4  u32 bytes of data
///          32  u32 records                  8  u64 group
///          36  u32 kinds of its records,   16  u64 index
///                  a bit for each          24  u64 term
///                                          32  u32 CRC-32C of header (this field 0) and data
///                                          36  u32 zero, then the data
/// </code>
/// The CRCs of sectors and headers are seeded with silo, file and offset, so that bytes of a file's former life or of another
/// place never pass. A file keeps its number in every stamp: a sector of its former life is recognised as whole but old.
/// </summary>
internal static class JournalLayout
{
    public const int SectorBytes = 4096;
    public const int StampBytes = 24;
    public const int SectorContentBytes = SectorBytes - StampBytes;
    public const int StampSectorOffset = 4;
    public const int StampBatchOffset = 8;
    public const int StampFileOffset = 16;

    public const uint Magic = 0x4C4A5942;
    public const ushort FormatVersion = 2;
    public const int HeaderBytes = 64;
    public const int VersionOffset = 4;
    public const int FlagsOffset = 6;
    public const int FileOffset = 8;
    public const int BatchOffset = 16;
    public const int DurableOffset = 24;
    public const int PreviousCrcOffset = 32;
    public const int PayloadLengthOffset = 36;
    public const int DirectoryCountOffset = 40;
    public const int RecordCountOffset = 44;
    public const int SectorCountOffset = 48;
    public const int PayloadCrcOffset = 52;
    public const int DirectoryCrcOffset = 56;
    public const int HeaderCrcOffset = 60;

    public const int DirectoryEntryBytes = 40;
    public const int RecordHeaderBytes = 40;
    public const int RecordCrcOffset = 32;
    public const int HardStateBytes = 24;

    /// <summary>Largest write that is taken, far above any message NATS allows by default and far below the limits of an array.</summary>
    public const int LargestWriteBytes = 256 << 20;

    private const string Prefix = "wal-";
    private const string Suffix = ".log";

    public const string FolderName = "wal";

    public static string PathOf(ulong file) => $"{FolderName}/{Prefix}{file:x16}{Suffix}";

    public static bool TryParse(string name, out ulong file)
    {
        file = 0;
        return name.Length == Prefix.Length + 16 + Suffix.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(Prefix.Length, 16), System.Globalization.NumberStyles.AllowHexSpecifier, null, out file);
    }

    /// <summary>Ties a checksum to silo, file and place.</summary>
    public static ulong Seed(ulong silo, ulong file, long offset) =>
        silo ^ (file * 0x9E3779B97F4A7C15) ^ ((ulong)offset * 0xC2B2AE3D27D4EB4F);

    /// <summary>What a silo's identity contributes to <see cref="Seed"/>.</summary>
    public static ulong SiloSeed(Guid silo)
    {
        Span<byte> bytes = stackalloc byte[16];
        silo.TryWriteBytes(bytes);
        var halves = MemoryMarshal.Cast<byte, ulong>(bytes);
        return halves[0] ^ ulong.RotateLeft(halves[1], 32);
    }

    public static int SectorsFor(long contentBytes) => (int)((contentBytes + SectorContentBytes - 1) / SectorContentBytes);

    public static uint RecordCrc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var crc = Checksum.Crc32C(header[..RecordCrcOffset]);
        return data.IsEmpty ? crc : Checksum.Crc32C(data, crc | (1UL << 32));
    }

    /// <summary>Bytes that a write takes in a batch.</summary>
    public static int Measure(JournalWrite write)
    {
        var bytes = (long)DirectoryEntryBytes;
        bytes += write.GroupCreated ? RecordHeaderBytes : 0;
        bytes += write.GroupDeleted ? RecordHeaderBytes : 0;
        bytes += write.HardState is null ? 0 : RecordHeaderBytes + HardStateBytes;
        bytes += write.Quarantine == 0 ? 0 : RecordHeaderBytes;
        bytes += write.Fault is null ? 0 : RecordHeaderBytes + FaultCodec.Bytes;
        if (write.Snapshot is { } snapshot)
        {
            bytes += RecordHeaderBytes + snapshot.EncodedBytes;
        }

        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(write.Entries))
        {
            bytes += RecordHeaderBytes + entry.Data.Length;
        }

        return bytes <= LargestWriteBytes
            ? (int)bytes
            : throw new ArgumentException($"A write of {bytes} bytes is over the limit of {LargestWriteBytes}.", nameof(write));
    }

    public static uint ReadUInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    public static ulong ReadUInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
