using System.Buffers.Binary;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// The head of every frame between silos. Numbers are little endian.
/// <code>
///   0  u32  magic 'BYFR'
///   4  u32  CRC-32C of everything behind it
///   8  16   cluster, all zeros before there is one
///  24  16   silo that sends
///  40  u64  its number, 0 before it has one
///  48  u64  its start
///  56  u64  number of the silo it is meant for, 0 for whoever bears the name
///  64  u64  the newest start of that silo which the sender knows, 0 for none
///  72  u64  the start of the sender that the receiver knows, as it said last and the sender remembers it; 0 for none
///  80       items: u8 kind, u32 length, content
/// </code>
/// A frame meant for a silo that was lost never reaches the one that took its place, and one that was sent before its sender's
/// last start is told by that. <see cref="StartMemory"/> says why silos tell each other the starts that they know. The receiver looks at that before
/// anything else: what it had acknowledged, and has no more, a leader takes for given.
/// </summary>
internal readonly record struct FrameHeader(Guid Cluster, Guid Silo, SiloNumber From, SiloStart Start, SiloNumber To, SiloStart ToStart, SiloStart Follows)
{
    public const int Bytes = 80;

    private const uint Magic = 0x5246_5942;
    private const int CrcOffset = 4;
    private const int CheckedFrom = 8;

    /// <summary>Writes the header before a frame whose items are all there.</summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        Cluster.TryWriteBytes(frame[8..]);
        Silo.TryWriteBytes(frame[24..]);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[40..], From.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[48..], Start.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[56..], To.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[64..], ToStart.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[72..], Follows.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[CrcOffset..], Checksum.Crc32C(frame[CheckedFrom..]));
    }

    /// <summary>Reads and checks a frame; false for anything that is not one, or was damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        header = default;
        if (frame.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(frame[CrcOffset..]) != Checksum.Crc32C(frame[CheckedFrom..]))
        {
            return false;
        }

        header = new FrameHeader(
            new Guid(frame.Slice(8, 16)),
            new Guid(frame.Slice(24, 16)),
            new SiloNumber(BinaryPrimitives.ReadUInt64LittleEndian(frame[40..])),
            new SiloStart(BinaryPrimitives.ReadUInt64LittleEndian(frame[48..])),
            new SiloNumber(BinaryPrimitives.ReadUInt64LittleEndian(frame[56..])),
            new SiloStart(BinaryPrimitives.ReadUInt64LittleEndian(frame[64..])),
            new SiloStart(BinaryPrimitives.ReadUInt64LittleEndian(frame[72..])));
        return true;
    }
}
