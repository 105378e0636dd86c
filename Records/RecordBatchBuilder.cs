using System.Buffers.Binary;
using static Bayou.Records.RecordBatchLayout;

namespace Bayou.Records;

/// <summary>
/// Builds one batch after the other. <see cref="Build"/> hands the array over for good: it is never reused, so whoever holds a
/// slice of it keeps it alive and nobody returns it to a pool.
/// </summary>
public sealed class RecordBatchBuilder
{
    private const int SmallestArray = 512;
    private const int LargestSmallArray = 80 * 1024;

    private byte[] _buffer = [];
    private int _length;
    private int _lastLength;

    /// <summary>Number of records added since the last <see cref="Build"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes the batch has now, header included; 0 when empty.</summary>
    public int Length => _length;

    /// <summary>Appends a message. An empty subject stands for the channel's own name.</summary>
    public void Add(
        ReadOnlySpan<byte> subject,
        ReadOnlySpan<byte> replyTo,
        ReadOnlySpan<byte> messageId,
        ReadOnlySpan<byte> headers,
        ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subject.Length, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replyTo.Length, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageId.Length, ushort.MaxValue);
        var length = RecordHeaderBytes + subject.Length + replyTo.Length + messageId.Length + headers.Length + payload.Length;
        var record = Reserve(length);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordFlagsOffset..], 0);
        BinaryPrimitives.WriteUInt16LittleEndian(record[SubjectLengthOffset..], (ushort)subject.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(record[ReplyLengthOffset..], (ushort)replyTo.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[MessageIdLengthOffset..], (ushort)messageId.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[HeadersLengthOffset..], (uint)headers.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[PayloadLengthOffset..], (uint)payload.Length);
        var rest = record[RecordHeaderBytes..];
        rest = Put(rest, subject);
        rest = Put(rest, replyTo);
        rest = Put(rest, messageId);
        rest = Put(rest, headers);
        _ = Put(rest, payload);
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordCrcOffset..], Checksum.Crc32C(record[RecordCrcStart..]));
        Count++;
    }

    /// <summary>Appends a place without a message: its sequence is given away, and subscribers go past it.</summary>
    public void AddSkipped()
    {
        Add([], [], [], [], []);
        _buffer[_length - RecordHeaderBytes + RecordFlagsOffset] = SkippedMark;
    }

    /// <summary>
    /// Finishes the batch as number <paramref name="batchNumber"/> of <paramref name="origin"/>, sent while <paramref name="ahead"/>
    /// batches before it are under way, and starts a new one.
    /// </summary>
    public Memory<byte> Build(ulong origin, ulong batchNumber, uint ahead = 0)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A batch holds at least one record.");
        }

        var batch = _buffer.AsMemory(0, _length);
        var header = batch.Span[..HeaderBytes];
        header.Clear();
        header[0] = Kind;
        header[1] = FormatVersion;
        BinaryPrimitives.WriteUInt32LittleEndian(header[LengthOffset..], (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CountOffset..], (uint)Count);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OriginOffset..], origin);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BatchNumberOffset..], batchNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(header[AheadOffset..], ahead);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcOffset..], RecordBatch.HeaderCrc(header));
        _lastLength = _length;
        _buffer = [];
        _length = 0;
        Count = 0;
        return batch;
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> part)
    {
        part.CopyTo(target);
        return target[part.Length..];
    }

    /// <summary>
    /// Batches of a busy channel are alike, so the first array is a little larger than the last batch. Arrays that need not be
    /// larger stay off the large object heap, which only a full collection cleans.
    /// </summary>
    private int NextCapacity() => _buffer.Length == 0
        ? Math.Max(SmallestArray, Math.Min(_lastLength + (_lastLength / 8), LargestSmallArray))
        : Math.Min(_buffer.Length * 2, Math.Max(_buffer.Length, LargestSmallArray));

    private Span<byte> Reserve(int recordBytes)
    {
        var start = Math.Max(_length, HeaderBytes);
        var needed = checked(start + recordBytes);
        if (needed > _buffer.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, NextCapacity()));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _buffer = larger;
        }

        _length = needed;
        return _buffer.AsSpan(start, recordBytes);
    }
}
