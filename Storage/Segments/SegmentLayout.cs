using System.Buffers.Binary;
using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>
/// Where everything lies in a segment, which holds consecutive batches of one channel. All numbers are little endian. Nothing in
/// it depends on the silo, so replicas of a channel have the same bytes.
/// <code>
/// header, 4096 bytes                     frame
///   0  u32 magic 'BYSG'                    0  u32 bytes of the batch
///   4  u32 version                         4  u32 CRC-32C of bytes 0..4, 8..16 and the batch,
///   8  u64 group                                  seeded with group, segment and offset
///  16  u64 first sequence                  8  u64 log index of the batch
///  24  u32 CRC-32C of bytes 0..24         16  the batch
///  28  zeros
/// footer of a sealed segment: index entries, then 96 bytes
/// index entry, one per 16 KiB              trailer
///   0  u64 first sequence of a batch       0  u32 magic 'BYSF'          32  u64 last sequence
///   8  i64 its timestamp                   4  u32 index entries         40  i64 first timestamp
///  16  u64 offset of its frame             8  u64 offset of the footer  48  i64 last timestamp
///                                         16  u64 group                 56  u64 log index of the last batch
///                                         24  u64 first sequence        64  XxHash128 of everything before the footer
///                                                                       80  u64 zero, 88 u32 zero
///                                                                       92  u32 CRC-32C of the footer up to here
/// </code>
/// </summary>
internal static class SegmentLayout
{
    public const uint Magic = 0x47535942;
    public const uint FooterMagic = 0x46535942;
    public const uint Version = 1;
    public const int HeaderBytes = 4096;
    public const int HeaderCrcOffset = 24;
    public const int FrameHeaderBytes = 16;
    public const int FrameCrcOffset = 4;
    public const int FrameLogIndexOffset = 8;
    public const int IndexEntryBytes = 24;
    public const int IndexSpacingBytes = 16 << 10;
    public const int TrailerBytes = 96;
    public const int TrailerHashOffset = 64;
    public const int TrailerCrcOffset = 92;

    public static void WriteHeader(Span<byte> header, SegmentKey key)
    {
        header[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], key.Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], key.First);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcOffset..], Checksum.Crc32C(header[..HeaderCrcOffset]));
    }

    public static bool IsHeader(ReadOnlySpan<byte> header, SegmentKey key) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == Version
        && BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) == key.Group.Value
        && BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) == key.First
        && BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrcOffset..]) == Checksum.Crc32C(header[..HeaderCrcOffset])
        && header[(HeaderCrcOffset + sizeof(uint))..HeaderBytes].IndexOfAnyExcept((byte)0) < 0;

    public static void WriteFrame(Span<byte> frame, SegmentKey key, long offset, ulong logIndex, ReadOnlySpan<byte> batch)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)batch.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[FrameLogIndexOffset..], logIndex);
        batch.CopyTo(frame[FrameHeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameCrcOffset..], FrameCrc(frame, key, offset));
    }

    /// <summary>Bytes of the batch in the frame that begins here.</summary>
    public static uint BatchBytes(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame);

    public static ulong LogIndex(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[FrameLogIndexOffset..]);

    public static bool IsFrameWhole(ReadOnlySpan<byte> frame, SegmentKey key, long offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[FrameCrcOffset..]) == FrameCrc(frame, key, offset);

    private static uint FrameCrc(ReadOnlySpan<byte> frame, SegmentKey key, long offset)
    {
        var seed = ((ulong)BatchBytes(frame) * 0x9E3779B97F4A7C15) ^ ulong.RotateLeft(LogIndex(frame), 32) ^ key.Seed ^ (ulong)offset;
        return Checksum.Crc32C(frame[FrameHeaderBytes..], Mix(seed));
    }

    /// <summary>A one-to-one mix, so that every change of length, log index or place changes the seed.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
