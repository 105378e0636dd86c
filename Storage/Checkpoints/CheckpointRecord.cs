using System.Buffers;
using System.Buffers.Binary;
using Bayou.Records;
using Bayou.Storage.Journal;

namespace Bayou.Storage.Checkpoints;

/// <summary>
/// One group in a checkpoint file.
/// <code>
///   0  u32 bytes of the record, these included     56  u32 bytes of the manifest, 60 u32 bytes of the state
///   4  u32 CRC-32C of bytes 8..end                 64  fault, 24 bytes
///   8  u64 group                                   88  manifest of the channel, then the state
///  16  u64 term, 24 u64 vote, 32 u64 commit
///  40  u64 applied index, 48 u64 applied term
/// </code>
/// </summary>
internal static class CheckpointRecord
{
    public const int HeaderBytes = 88;
    private const int FaultOffset = 64;

    public static void Write(ArrayBufferWriter<byte> output, GroupCheckpoint group, ChannelManifest channel)
    {
        var length = HeaderBytes + channel.EncodedBytes + group.State.Length;
        var bytes = output.GetSpan(length)[..length];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)length);
        Put(
            bytes[8..],
            [
                group.Group.Value, group.HardState.Term, group.HardState.Vote, group.HardState.Commit,
                group.AppliedIndex, group.AppliedTerm,
            ]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[56..], (uint)channel.EncodedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[60..], (uint)group.State.Length);
        FaultCodec.Write(bytes[FaultOffset..], group.Fault);
        channel.Encode(bytes[HeaderBytes..]);
        group.State.Span.CopyTo(bytes[(HeaderBytes + channel.EncodedBytes)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Checksum.Crc32C(bytes[8..]));
        output.Advance(length);
    }

    /// <summary>Reads the record at the start of <paramref name="bytes"/>; null when it is damaged.</summary>
    public static CheckpointGroup? Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(span);
        if (length < HeaderBytes || length > span.Length
            || Checksum.Crc32C(span[8..(int)length]) != BinaryPrimitives.ReadUInt32LittleEndian(span[4..]))
        {
            return null;
        }

        var channelBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(span[56..]);
        var stateBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(span[60..]);
        return new CheckpointGroup(
            new GroupCheckpoint
            {
                Group = new GroupId(Get(span, 8)),
                HardState = new StoredHardState(Get(span, 16), Get(span, 24), Get(span, 32)),
                AppliedIndex = Get(span, 40),
                AppliedTerm = Get(span, 48),
                Fault = FaultCodec.Read(span[FaultOffset..]),
                State = bytes.Slice(HeaderBytes + channelBytes, stateBytes),
            },
            ChannelManifest.Decode(span.Slice(HeaderBytes, channelBytes)),
            (int)length);
    }

    private static ulong Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static void Put(Span<byte> bytes, ReadOnlySpan<ulong> numbers)
    {
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
            bytes = bytes[sizeof(ulong)..];
        }
    }
}
