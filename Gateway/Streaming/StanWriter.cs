using System.Numerics;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming;

/// <summary>Writes the two messages that go out by the million. A field with its default value is left out, as protobuf asks.</summary>
internal static class StanWriter
{
    /// <summary>Most bytes that a message adds around subject, reply and data.</summary>
    public const int MsgProtoOverheadBytes = 64;

    /// <summary>PubAck: <c>guid=1, error=2</c>. The target must hold both and 16 bytes more.</summary>
    public static int WritePubAck(Span<byte> target, ReadOnlySpan<byte> guid, ReadOnlySpan<byte> error)
    {
        var length = WriteBytes(target, 1, guid);
        return length + WriteBytes(target[length..], 2, error);
    }

    /// <summary>MsgProto: <c>sequence=1, subject=2, reply=3, data=4, timestamp=5, redelivered=6, redeliveryCount=7</c>.</summary>
    public static int WriteMsgProto(Span<byte> target, ReadOnlySpan<byte> channel, in DeliveryBuffer.DeliveredMessage message)
    {
        var length = WriteNumber(target, 1, message.Sequence);
        length += WriteBytes(target[length..], 2, channel);
        length += WriteBytes(target[length..], 3, message.ReplyTo);
        length += WriteBytes(target[length..], 4, message.Payload);
        length += WriteNumber(target[length..], 5, (ulong)message.Timestamp);
        length += WriteNumber(target[length..], 6, message.RedeliveryCount > 0 ? 1UL : 0UL);
        return length + WriteNumber(target[length..], 7, message.RedeliveryCount);
    }

    private static int WriteBytes(Span<byte> target, int field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return 0;
        }

        target[0] = (byte)((field << 3) | 2);
        var length = 1 + WriteVarint(target[1..], (ulong)value.Length);
        value.CopyTo(target[length..]);
        return length + value.Length;
    }

    private static int WriteNumber(Span<byte> target, int field, ulong value)
    {
        if (value == 0)
        {
            return 0;
        }

        target[0] = (byte)(field << 3);
        return 1 + WriteVarint(target[1..], value);
    }

    private static int WriteVarint(Span<byte> target, ulong value)
    {
        var count = (BitOperations.Log2(value | 1) / 7) + 1;
        for (var i = 0; i < count - 1; i++)
        {
            target[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[count - 1] = (byte)value;
        return count;
    }
}
