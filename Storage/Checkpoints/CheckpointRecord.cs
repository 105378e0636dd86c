using System.Buffers;
using System.Buffers.Binary;
using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Checkpoints;

/// <summary>
/// One group in a checkpoint file.
/// <code>
///   0  u32 bytes of the record, these included     64  u64 first sequence
///   4  u32 CRC-32C of bytes 8..end                 72  u64 last sequence
///   8  u64 group                                   80  u64 log index of the last batch
///  16  u64 term, 24 u64 vote, 32 u64 commit        88  u32 segments, 92 u32 bytes of state
///  40  u64 applied index, 48 u64 applied term      96  segments, 56 bytes each, then the state
///  56  u64 zero
/// segment: first, last, first and last timestamp, log index of the last batch, length: u64 each; u64 1 = sealed
/// </code>
/// </summary>
internal static class CheckpointRecord
{
    public const int HeaderBytes = 96;
    private const int SegmentBytes = 56;

    public static void Write(ArrayBufferWriter<byte> output, GroupCheckpoint group, ChannelManifest channel)
    {
        var length = HeaderBytes + (channel.Segments.Length * SegmentBytes) + group.State.Length;
        var bytes = output.GetSpan(length)[..length];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)length);
        Put(
            bytes[8..],
            [
                group.Group.Value, group.HardState.Term, group.HardState.Vote, group.HardState.Commit,
                group.AppliedIndex, group.AppliedTerm, 0, channel.First, channel.Last, channel.LastLogIndex,
            ]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[88..], (uint)channel.Segments.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[92..], (uint)group.State.Length);
        var rest = bytes[HeaderBytes..];
        foreach (var segment in channel.Segments)
        {
            Put(
                rest,
                [
                    segment.First, segment.Last, (ulong)segment.FirstTimestamp, (ulong)segment.LastTimestamp,
                    segment.LastLogIndex, (ulong)segment.Length, segment.IsSealed ? 1UL : 0,
                ]);
            rest = rest[SegmentBytes..];
        }

        group.State.Span.CopyTo(rest);
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

        var segments = new SegmentInfo[BinaryPrimitives.ReadUInt32LittleEndian(span[88..])];
        var stateBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(span[92..]);
        for (var i = 0; i < segments.Length; i++)
        {
            var at = HeaderBytes + (i * SegmentBytes);
            segments[i] = new SegmentInfo(
                Get(span, at), Get(span, at + 8), (long)Get(span, at + 16), (long)Get(span, at + 24),
                Get(span, at + 32), (long)Get(span, at + 40), Get(span, at + 48) == 1);
        }

        return new CheckpointGroup(
            new GroupCheckpoint
            {
                Group = new GroupId(Get(span, 8)),
                HardState = new StoredHardState(Get(span, 16), Get(span, 24), Get(span, 32)),
                AppliedIndex = Get(span, 40),
                AppliedTerm = Get(span, 48),
                State = bytes.Slice((int)length - stateBytes, stateBytes),
            },
            new ChannelManifest(Get(span, 64), Get(span, 72), Get(span, 80), segments),
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
