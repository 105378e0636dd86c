using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Bayou.Storage.Segments;
using CsCheck;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>The segments of a channel against a list of messages, and the bytes of a segment against every small change.</summary>
public sealed class SegmentPropertyTests
{
    private static readonly StorageOptions Tiny = Small with { SegmentBytes = 8192, SegmentWriteBytes = 600, TailCacheBytes = 1500, ReadChunkBytes = 4096 };

    /// <summary>Building a batch takes longer than storing it: these are built once. Sequences beyond do not occur.</summary>
    private static readonly RecordBatch[] Batches = [.. Enumerable.Range(0, 400).Select(i => Batch((ulong)(i / 4) + 1, (i % 3) + 1, payloadBytes: i % 4 * 200))];

    private static readonly Gen<(int Action, int Amount)[]> Histories = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 99]).Array[1, 16];

    [Fact]
    public void Channel_HoldsWhatAListHolds() => Histories.Sample(
        steps =>
        {
            var disk = new MemoryDisk();
            var log = Open(disk, RecoveredChannel.Empty);
            var reader = log.OpenReader();
            var model = new List<RecordBatch>();
            var first = 1UL;
            foreach (var (action, amount) in steps)
            {
                switch (action)
                {
                    case 7:
                        log.TrimTo((ulong)amount);
                        first = Math.Max(first, Math.Min((ulong)amount, log.LastSequence + 1));
                        break;
                    case 8:
                        log = Open(disk, new RecoveredChannel(log.Describe(), []));
                        reader = log.OpenReader();
                        break;
                    case 9:
                        reader.Seek((ulong)amount % 50);
                        AssertReads(reader, model, Math.Max(first, (ulong)amount % 50), most: amount % 7);
                        break;
                    case 10:
                        AssertFinds(log, model, first, amount * 1000);
                        break;
                    case 11:
                        disk = new MemoryDisk();
                        log = Import(log, disk);
                        reader = log.OpenReader();
                        break;
                    default:
                        var batch = Batches[((int)log.LastSequence * 4) + (amount % 4)];
                        log.Append(batch, log.LastLogIndex + 1);
                        model.Add(batch);
                        break;
                }
            }

            Assert.Equal((first, model.Count == 0 ? 0 : model[^1].LastSequence), (log.FirstSequence, log.LastSequence));
            reader.Seek(1);
            AssertReads(reader, model, first, int.MaxValue);
        },
        iter: PropertyCases.Count);

    [Fact]
    public void FlippedBitOrMissingByteOfASegment_IsAlwaysDetected() => Gen.Select(Gen.Int[1, 8], Gen.Int[0, 3], Gen.Double[0, 1], Gen.Int[0, 8]).Sample(
        (count, kind, where, bit) =>
        {
            using var disk = new MemoryDisk();
            var services = new SegmentServices(disk, Tiny with { SegmentBytes = 64 << 10 }, DamagePolicy.Refuse, _ => { });
            var writer = new SegmentWriter(services.Files, Tiny.ReadChunkBytes);
            var segment = WriteSegment(writer, count, kind);
            var path = segment.Key.Path;
            var length = disk.LengthOf(path);
            using var file = disk.Open(path);
            if (bit == 8)
            {
                file.SetLength(length - 1);
            }
            else
            {
                Span<byte> one = stackalloc byte[1];
                var at = (long)(where * (length - 1));
                file.Read(one, at);
                one[0] ^= (byte)(1 << bit);
                file.Write(one, at);
            }

            var walk = new SegmentWalk(segment.Key, services.Files.Read, Tiny.ReadChunkBytes);
            var isWhole = walk.Advance(segment.Length) && walk.ToInfo(isSealed: true) == segment.ToInfo();
            Assert.False(isWhole && HasFooter(services, segment));
        },
        iter: PropertyCases.Count);

    private static ChannelLog Open(MemoryDisk disk, RecoveredChannel channel) =>
        new(Orders, channel, new SegmentServices(disk, Tiny, DamagePolicy.Refuse, _ => { }));

    private static bool HasFooter(SegmentServices services, ChannelSegment segment)
    {
        try
        {
            return FooterReader.Read(services.Files, segment.Key, segment.Length) is not null;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }

    private static ChannelSegment WriteSegment(SegmentWriter writer, int count, int kind)
    {
        var segment = new ChannelSegment(new SegmentKey(Orders, 1)) { Index = new SparseIndex(SegmentLayout.HeaderBytes) };
        var tail = new TailRing();
        for (var i = 1; i <= count; i++)
        {
            var batch = Batches[((int)segment.Last * 4) + kind];
            segment.FirstTimestamp = i == 1 ? batch.Timestamp : segment.FirstTimestamp;
            segment.Index.Add(batch.BaseSequence, batch.Timestamp, segment.Length);
            tail.Add(new TailBatch(batch, (ulong)i, segment.Length));
            segment.Length += SegmentLayout.FrameHeaderBytes + batch.Bytes.Length;
            (segment.Last, segment.LastTimestamp, segment.LastLogIndex) = (batch.LastSequence, batch.Timestamp, (ulong)i);
        }

        writer.Write(segment, tail, count);
        Assert.Null(writer.Seal(segment));
        return segment;
    }

    /// <summary>The channel on another silo, where an import has brought it.</summary>
    private static ChannelLog Import(ChannelLog log, MemoryDisk disk)
    {
        var manifest = ChannelManifest.Decode(log.Describe().Encode());
        var other = Open(disk, RecoveredChannel.Empty);
        using var import = other.BeginImport(manifest);
        foreach (var range in import.Missing)
        {
            var bytes = new byte[range.Length];
            Assert.True(log.TryRead(range.SegmentFirst, range.Offset, bytes));
            import.Write(range.SegmentFirst, range.Offset, bytes);
        }

        import.Complete();
        other.Install(manifest);
        return other;
    }

    private static void AssertReads(ChannelLogReader reader, List<RecordBatch> model, ulong from, int most)
    {
        foreach (var expected in model.Where(batch => batch.LastSequence >= from))
        {
            if (most-- == 0)
            {
                return;
            }

            Assert.True(reader.TryRead(out var batch));
            Assert.True(expected.Bytes.Span.SequenceEqual(batch.Bytes.Span));
        }

        Assert.False(reader.TryRead(out _));
    }

    private static void AssertFinds(ChannelLog log, List<RecordBatch> model, ulong first, long timestamp)
    {
        var expected = model.Where(batch => batch.LastSequence >= first && batch.Timestamp >= timestamp)
            .Select(batch => Math.Max(batch.BaseSequence, first)).FirstOrDefault();
        Assert.Equal(expected != 0, log.TryFindByTime(timestamp, out var found));
        Assert.Equal(expected, found);
    }
}
