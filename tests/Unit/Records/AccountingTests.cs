using Bayou.Records;
using CsCheck;
using Google.Protobuf;
using Xunit;
using Record = Bayou.Records.Record;

namespace Bayou.Unit.Records;

public sealed class AccountingTests
{
    private const int FileOverheadBytes = 8 + 32;
    private const string Channel = "a.channel.name";

    [Fact]
    public void SizeOfAnyMessage_IsItsEncodedSizeAndTheFilesOverhead() =>
        Gen.Select(Sample.Batches, Gen.ULong[1, 1ul << 40], Gen.Long[0, long.MaxValue]).Sample(static (samples, first, timestamp) =>
        {
            byte[] bytes = Sample.Build(samples);
            RecordBatchStamp.Apply(bytes, first, timestamp, term: 1, accountedBytes: 0);
            Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(bytes, out RecordBatch batch));
            long total = 0;
            foreach (Record record in batch)
            {
                long expected = EncodedSize(record) + FileOverheadBytes;
                Assert.Equal(expected, Accounting.SizeOf(record, Channel.Length));
                total += expected;
            }

            Assert.Equal(total, Accounting.SizeOf(batch, Channel.Length));
        });

    /// <summary>Size of the MsgProto that a subscriber would get, written by the protobuf library itself.</summary>
    private static long EncodedSize(in Record record)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteUInt64(record.Sequence);
            WriteBytes(output, 2, Sample.Bytes(Channel));
            WriteBytes(output, 3, record.ReplyTo.ToArray());
            WriteBytes(output, 4, record.Payload.ToArray());
            if (record.Timestamp != 0)
            {
                output.WriteTag(5, WireFormat.WireType.Varint);
                output.WriteInt64(record.Timestamp);
            }
        }

        return stream.Length;
    }

    private static void WriteBytes(CodedOutputStream output, int field, byte[] bytes)
    {
        if (bytes.Length == 0) return;
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }
}
