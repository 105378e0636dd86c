using System.Buffers.Binary;
using static Bayou.Records.RecordBatchLayout;

namespace Bayou.Records;

/// <summary>
/// A batch of messages in the one form that the gateway builds, the journal and the segments keep, replicas exchange and
/// delivery reads. See <see cref="RecordBatchLayout"/> for the bytes. A value of this type has a checked header;
/// <see cref="Verify"/> checks the records.
/// </summary>
public readonly struct RecordBatch
{
    /// <summary>Bytes of an empty batch.</summary>
    public const int HeaderLength = HeaderBytes;

    /// <summary>First byte of every batch; commands of other kinds in a channel's log begin with another byte.</summary>
    public const byte KindByte = Kind;

    private RecordBatch(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The whole batch, header included.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public int Count => (int)BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[CountOffset..]);

    /// <summary>Sequence of the first record; 0 until stamped.</summary>
    public ulong BaseSequence => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[BaseSequenceOffset..]);

    /// <summary>Sequence of the last record.</summary>
    public ulong LastSequence => BaseSequence + (ulong)Count - 1;

    public long Timestamp => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span[TimestampOffset..]);

    public ulong Term => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[TermOffset..]);

    public ulong Origin => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[OriginOffset..]);

    public ulong BatchNumber => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[BatchNumberOffset..]);

    /// <summary>
    /// How many earlier batches of the same origin were sent to the channel and not answered when this one was sent: they come
    /// before it, in whatever order they arrive.
    /// </summary>
    public uint Ahead => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[AheadOffset..]);

    /// <summary>What the batch counts against a channel's byte limit, as <see cref="Accounting"/> reckons.</summary>
    public uint AccountedBytes => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[AccountedBytesOffset..]);

    /// <summary>Reads a batch at the start of <paramref name="bytes"/>, which may be longer; only the header is checked.</summary>
    public static RecordBatchError TryRead(ReadOnlyMemory<byte> bytes, out RecordBatch batch)
    {
        batch = default;
        var span = bytes.Span;
        if (span.Length < HeaderBytes)
        {
            return RecordBatchError.Truncated;
        }

        if (span[0] != Kind || span[1] != FormatVersion)
        {
            return RecordBatchError.NotABatch;
        }

        if (HeaderCrc(span) != BinaryPrimitives.ReadUInt32LittleEndian(span[HeaderCrcOffset..]))
        {
            return RecordBatchError.HeaderChecksum;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(span[LengthOffset..]);
        if (length < HeaderBytes)
        {
            return RecordBatchError.Structure;
        }

        if (length > (uint)span.Length)
        {
            return RecordBatchError.Truncated;
        }

        batch = new RecordBatch(bytes[..(int)length]);
        return RecordBatchError.None;
    }

    /// <summary>Checks every record's bounds and checksum.</summary>
    public RecordBatchError Verify()
    {
        var rest = Bytes.Span[HeaderBytes..];
        for (var i = Count; i > 0; i--)
        {
            if (!TryMeasure(rest, out var length))
            {
                return RecordBatchError.Structure;
            }

            var expected = BinaryPrimitives.ReadUInt32LittleEndian(rest[RecordCrcOffset..]);
            if (Checksum.Crc32C(rest[RecordCrcStart..length]) != expected)
            {
                return RecordBatchError.RecordChecksum;
            }

            rest = rest[length..];
        }

        return rest.IsEmpty ? RecordBatchError.None : RecordBatchError.Structure;
    }

    public Enumerator GetEnumerator() => new(this);

    internal static uint HeaderCrc(ReadOnlySpan<byte> header)
    {
        Span<byte> copy = stackalloc byte[HeaderBytes];
        header[..HeaderBytes].CopyTo(copy);
        copy.Slice(HeaderCrcOffset, sizeof(uint)).Clear();
        return Checksum.Crc32C(copy);
    }

    private static bool TryMeasure(ReadOnlySpan<byte> rest, out int length)
    {
        length = 0;
        if (rest.Length < RecordHeaderBytes)
        {
            return false;
        }

        var declared = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        var parts = (ulong)RecordHeaderBytes
            + BinaryPrimitives.ReadUInt16LittleEndian(rest[SubjectLengthOffset..])
            + BinaryPrimitives.ReadUInt16LittleEndian(rest[ReplyLengthOffset..])
            + BinaryPrimitives.ReadUInt16LittleEndian(rest[MessageIdLengthOffset..])
            + BinaryPrimitives.ReadUInt32LittleEndian(rest[HeadersLengthOffset..])
            + BinaryPrimitives.ReadUInt32LittleEndian(rest[PayloadLengthOffset..]);
        if (declared != parts || declared > (ulong)rest.Length || !HasSoundMark(rest))
        {
            return false;
        }

        length = (int)declared;
        return true;
    }

    /// <summary>No checksum covers the mark, so its two values are far apart and everything else is damage.</summary>
    private static bool HasSoundMark(ReadOnlySpan<byte> record) =>
        record[RecordFlagsOffset] is 0 or SkippedMark && record[(RecordFlagsOffset + 1)..RecordCrcStart].IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Walks the records in order. The batch must have been verified once since it came from outside.</summary>
    public ref struct Enumerator
    {
        private readonly long _timestamp;
        private ReadOnlySpan<byte> _rest;
        private ulong _nextSequence;
        private Record _current;

        internal Enumerator(RecordBatch batch)
        {
            _rest = batch.Bytes.Span[HeaderBytes..];
            _nextSequence = batch.BaseSequence;
            _timestamp = batch.Timestamp;
        }

        public readonly Record Current => _current;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_rest);
            _current = new Record(_rest[..length], _nextSequence++, _timestamp);
            _rest = _rest[length..];
            return true;
        }
    }
}
