using System.Buffers.Binary;
using static Bayou.Records.RecordBatchLayout;

namespace Bayou.Records;

/// <summary>What the leader of a channel adds to a batch. Only the header changes.</summary>
public static class RecordBatchStamp
{
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
