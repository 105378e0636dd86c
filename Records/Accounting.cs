using System.Numerics;

namespace Bayou.Records;

/// <summary>
/// What a message counts against <c>max_bytes</c> and in the monitoring pages. NATS Streaming's file store counts the encoded
/// MsgProto, 8 bytes of record header and 32 bytes of index; keeping that rule keeps operators' limits and charts valid.
/// </summary>
public static class Accounting
{
    private const int FileOverheadBytes = 8 + 32;

    /// <summary>Accounted size of one message; <paramref name="channelNameBytes"/> is the length of the subject it is delivered with.</summary>
    public static uint SizeOf(in Record record, int channelNameBytes) =>
        SizeOf(record.Sequence, record.Timestamp, channelNameBytes, record.ReplyTo.Length, record.Payload.Length);

    /// <summary>The same by the lengths of the message's parts.</summary>
    public static uint SizeOf(ulong sequence, long timestamp, int channelNameBytes, int replyToBytes, int payloadBytes) =>
        FileOverheadBytes
        + Varint(1, sequence)
        + Field(channelNameBytes)
        + Field(replyToBytes)
        + Field(payloadBytes)
        + Varint(1, (ulong)timestamp);

    /// <summary>Accounted size of a whole stamped batch.</summary>
    public static uint SizeOf(in RecordBatch batch, int channelNameBytes)
    {
        var total = 0u;
        foreach (var record in batch)
        {
            total += SizeOf(record, channelNameBytes);
        }

        return total;
    }

    private static uint Field(int length) => length == 0 ? 0 : Varint(1, (ulong)length) + (uint)length;

    private static uint Varint(uint tagBytes, ulong value) =>
        value == 0 ? 0 : tagBytes + (uint)((BitOperations.Log2(value) / 7) + 1);
}
