using Bayou.Records;
using CsCheck;
using Xunit;
using Record = Bayou.Records.Record;

namespace Bayou.Unit.Records;

public sealed class RecordBatchTests
{
    private const int HeaderBytes = 64;
    private const int FirstFlagByte = 8;
    private const int LastFlagByte = 11;

    private static readonly Sample[] Three =
    [
        new("orders.eu", "", "guid-1", "", "the first"),
        new("", "answer.here", "guid-2", "NATS/1.0\r\nA: b\r\n\r\n", ""),
        new("", "", "", "", "x"),
    ];

    [Fact]
    public void AnyBatch_IsReadAsItWasBuilt() => Sample.Batches.Sample(static samples =>
    {
        byte[] bytes = Sample.Build(samples, origin: 11, number: 22);
        RecordBatchStamp.Apply(bytes, baseSequence: 1000, timestamp: 123456789, term: 5, accountedBytes: 77);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(bytes, out RecordBatch batch));
        Assert.Equal(RecordBatchError.None, batch.Verify());
        Assert.Equal((samples.Length, 1000ul, 1000 + (ulong)samples.Length - 1), (batch.Count, batch.BaseSequence, batch.LastSequence));
        Assert.Equal((123456789L, 5ul, 11ul, 22ul, 77u), (batch.Timestamp, batch.Term, batch.Origin, batch.BatchNumber, batch.AccountedBytes));
        int index = 0;
        foreach (Record record in batch)
        {
            Assert.Equal((1000 + (ulong)index, 123456789L, false), (record.Sequence, record.Timestamp, record.IsSkipped));
            Assert.Equal(samples[index++], Sample.Of(record));
        }

        Assert.Equal(samples.Length, index);
    });

    [Fact]
    public void BytesAfterTheBatch_AreLeftAlone()
    {
        byte[] bytes = Sample.Build(Three);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead((byte[])[.. bytes, 1, 2, 3], out RecordBatch batch));
        Assert.Equal(bytes, batch.Bytes.ToArray());
    }

    [Fact]
    public void Builder_StartsAnewAfterEachBatch()
    {
        var builder = new RecordBatchBuilder();
        builder.Add([], [], "a"u8, [], "1"u8);
        ReadOnlyMemory<byte> first = builder.Build(1, 1);
        Assert.Equal((0, 0), (builder.Count, builder.Length));
        builder.Add([], [], "b"u8, [], "2"u8);
        builder.Build(1, 2);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(first, out RecordBatch batch));
        Assert.Equal(RecordBatchError.None, batch.Verify());
        Assert.Equal(1, batch.Count);
    }

    [Fact]
    public void EmptyBatch_CannotBeBuilt() => Assert.Throws<InvalidOperationException>(static () => new RecordBatchBuilder().Build(1, 1));

    [Fact]
    public void EveryTruncation_IsDetected()
    {
        byte[] bytes = Stamped();
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(RecordBatchError.Truncated, RecordBatch.TryRead(bytes.AsMemory(0, length), out _));
    }

    [Fact]
    public void EveryFlippedBitOutsideTheFlags_IsDetected()
    {
        byte[] bytes = Stamped();
        HashSet<int> flags = FlagBytesOf(bytes);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            if (flags.Contains(bit / 8)) continue;
            byte[] damaged = Flip(bytes, bit);
            Assert.True(IsRefused(damaged), $"Bit {bit % 8} of byte {bit / 8} was flipped and nobody noticed.");
        }
    }

    [Fact]
    public void FlippedBitInTheFlags_ChangesNoMessage()
    {
        byte[] bytes = Stamped();
        foreach (int position in FlagBytesOf(bytes))
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = Flip(bytes, (position * 8) + bit);
                if (IsRefused(damaged)) continue;
                Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(damaged, out RecordBatch batch));
                int index = 0;
                foreach (Record record in batch) Assert.Equal(Three[index++], Sample.Of(record));
            }
        }
    }

    [Fact]
    public void Stamp_ChangesNothingBehindTheHeader() => Sample.Batches.Sample(static samples =>
    {
        byte[] bytes = Sample.Build(samples);
        byte[] stamped = [.. bytes];
        RecordBatchStamp.Apply(stamped, ulong.MaxValue - 100, long.MaxValue, ulong.MaxValue, uint.MaxValue);
        Assert.Equal(bytes[HeaderBytes..], stamped[HeaderBytes..]);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(stamped, out _));
    });

    [Theory]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Checksum_IsCrc32C(string text, uint expected) => Assert.Equal(expected, Checksum.Crc32C(Sample.Bytes(text)));

    private static byte[] Stamped()
    {
        byte[] bytes = Sample.Build(Three);
        RecordBatchStamp.Apply(bytes, 5, 1_700_000_000_000_000_000, 3, 200);
        return bytes;
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] damaged = [.. bytes];
        damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        return damaged;
    }

    private static bool IsRefused(byte[] bytes) =>
        RecordBatch.TryRead(bytes, out RecordBatch batch) != RecordBatchError.None || batch.Verify() != RecordBatchError.None;

    /// <summary>A record's flags may change after it was written, so its checksum leaves them out.</summary>
    private static HashSet<int> FlagBytesOf(byte[] bytes)
    {
        var positions = new HashSet<int>();
        for (int start = HeaderBytes; start < bytes.Length; start += BitConverter.ToInt32(bytes, start))
        {
            for (int i = FirstFlagByte; i <= LastFlagByte; i++) positions.Add(start + i);
        }

        return positions;
    }
}
