using System.Buffers.Binary;
using static Bayou.Records.RecordBatchLayout;

namespace Bayou.Records;

/// <summary>One message of a batch, as spans into the batch's bytes.</summary>
public readonly ref struct Record
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal Record(ReadOnlySpan<byte> bytes, ulong sequence, long timestamp)
    {
        _bytes = bytes;
        Sequence = sequence;
        Timestamp = timestamp;
    }

    /// <summary>Position in the channel, from 1; without meaning in a batch that no leader has stamped.</summary>
    public ulong Sequence { get; }

    /// <summary>Unix time in nanoseconds at which the leader accepted the batch.</summary>
    public long Timestamp { get; }

    public bool IsSkipped => _bytes[RecordFlagsOffset] == SkippedMark;

    /// <summary>The subject it was published on; empty stands for the channel's own name.</summary>
    public ReadOnlySpan<byte> Subject => _bytes.Slice(RecordHeaderBytes, SubjectLength);

    public ReadOnlySpan<byte> ReplyTo => _bytes.Slice(RecordHeaderBytes + SubjectLength, ReplyLength);

    /// <summary>The publisher's own id of the message: STAN's guid, later Nats-Msg-Id.</summary>
    public ReadOnlySpan<byte> MessageId => _bytes.Slice(RecordHeaderBytes + SubjectLength + ReplyLength, MessageIdLength);

    public ReadOnlySpan<byte> Headers => _bytes.Slice(_bytes.Length - PayloadLength - HeadersLength, HeadersLength);

    public ReadOnlySpan<byte> Payload => _bytes[(_bytes.Length - PayloadLength)..];

    private int SubjectLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[SubjectLengthOffset..]);

    private int ReplyLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[ReplyLengthOffset..]);

    private int MessageIdLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[MessageIdLengthOffset..]);

    private int HeadersLength => (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[HeadersLengthOffset..]);

    private int PayloadLength => (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[PayloadLengthOffset..]);
}
