using System.Buffers.Binary;
using static Bayou.Records.RecordBatchLayout;

namespace Bayou.Records;

/// <summary>What is written into a batch after it was built. Only the header changes.</summary>
public static class RecordBatchStamp
{
    /// <summary>
    /// Says anew how many batches of the same origin are under way ahead of <paramref name="batch"/>, which is sent once more. The bytes
    /// must not be those that were sent before: a leader may still hold on to them.
    /// </summary>
    public static void SetAhead(Memory<byte> batch, uint ahead)
    {
        var header = batch.Span[..HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header[AheadOffset..], ahead);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcOffset..], RecordBatch.HeaderCrc(header));
    }

    /// <summary>Writes the leader's fields and the header's checksum into <paramref name="batch"/>, which must be a checked batch.</summary>
    public static void Apply(Memory<byte> batch, ulong baseSequence, long timestamp, ulong term, uint accountedBytes)
    {
        var header = batch.Span[..HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header[BaseSequenceOffset..], baseSequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[TimestampOffset..], timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(header[TermOffset..], term);
        BinaryPrimitives.WriteUInt32LittleEndian(header[AccountedBytesOffset..], accountedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcOffset..], RecordBatch.HeaderCrc(header));
    }
}
