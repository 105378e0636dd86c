using System.Buffers.Binary;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>
/// A flat list of messages on their way to a subscriber, little endian, each entry:
/// <c>u32 entry length, u32 redelivery count, u64 sequence, i64 timestamp, u32 reply length, reply, payload</c>.
/// The writer keeps one array and fills it again and again.
/// </summary>
public sealed class DeliveryBuffer
{
    private const int HeaderBytes = 28;
    private const int ReplyLengthOffset = 24;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public Memory<byte> Written => _buffer.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Add(ulong sequence, long timestamp, uint redeliveryCount, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> payload)
    {
        var length = HeaderBytes + replyTo.Length + payload.Length;
        if (_buffer.Length - Length < length)
        {
            Array.Resize(ref _buffer, Math.Max(Length + length, Math.Max(1024, _buffer.Length * 2)));
        }

        var entry = _buffer.AsSpan(Length, length);
        BinaryPrimitives.WriteInt32LittleEndian(entry, length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], redeliveryCount);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(entry[ReplyLengthOffset..], replyTo.Length);
        replyTo.CopyTo(entry[HeaderBytes..]);
        payload.CopyTo(entry[(HeaderBytes + replyTo.Length)..]);
        Length += length;
    }

    /// <summary>Takes the next entry off <paramref name="rest"/>; false at the end.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out DeliveredMessage message)
    {
        if (rest.IsEmpty)
        {
            message = default;
            return false;
        }

        message = new DeliveredMessage(rest[..BinaryPrimitives.ReadInt32LittleEndian(rest)]);
        rest = rest[BinaryPrimitives.ReadInt32LittleEndian(rest)..];
        return true;
    }

    /// <summary>One entry, as spans into the buffer.</summary>
    public readonly ref struct DeliveredMessage(ReadOnlySpan<byte> entry)
    {
        private readonly ReadOnlySpan<byte> _entry = entry;

        /// <summary>How often the message was sent before; 0 for the first time.</summary>
        public uint RedeliveryCount => BinaryPrimitives.ReadUInt32LittleEndian(_entry[4..]);

        public ulong Sequence => BinaryPrimitives.ReadUInt64LittleEndian(_entry[8..]);

        public long Timestamp => BinaryPrimitives.ReadInt64LittleEndian(_entry[16..]);

        public ReadOnlySpan<byte> ReplyTo => _entry.Slice(HeaderBytes, ReplyLength);

        public ReadOnlySpan<byte> Payload => _entry[(HeaderBytes + ReplyLength)..];

        private int ReplyLength => BinaryPrimitives.ReadInt32LittleEndian(_entry[ReplyLengthOffset..]);
    }
}
