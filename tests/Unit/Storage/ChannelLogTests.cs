using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using CsCheck;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class ChannelLogTests
{
    [Fact]
    public void NewChannel_IsEmpty()
    {
        using var store = Open(new MemoryDisk());
        var log = store.OpenLog(Orders);
        Assert.Equal((1UL, 0UL, 0L), (log.FirstSequence, log.LastSequence, log.Bytes));
        Assert.Empty(ReadAll(log));
        Assert.False(log.TryFindByTime(0, out _));
    }

    [Fact]
    public void Reader_SeesEveryBatchOnceAndThenWhatIsNew()
    {
        using var store = Open(new MemoryDisk());
        var log = store.OpenLog(Orders);
        using var reader = log.OpenReader();
        for (var sequence = 1UL; sequence <= 2000; sequence++)
        {
            log.Append(Batch(sequence, payloadBytes: 100), sequence);
            if (sequence % 7 == 0)
            {
                for (var expected = sequence - 6; expected <= sequence; expected++)
                {
                    Assert.True(reader.TryRead(out var batch));
                    Assert.Equal(expected, batch.BaseSequence);
                }

                Assert.False(reader.TryRead(out _));
            }
        }

        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (ulong)i), ReadAll(log).Select(batch => batch.BaseSequence));
    }

    [Fact]
    public void BatchLargerThanASegment_HasASegmentOfItsOwn()
    {
        using var store = Open(new MemoryDisk());
        var log = store.OpenLog(Orders);
        log.Append(Batch(1, payloadBytes: 10), 1);
        log.Append(Batch(2, payloadBytes: 100_000), 2);
        log.Append(Batch(3, payloadBytes: 10), 3);
        Assert.Equal([1UL, 2, 3], ReadAll(log).Select(batch => batch.BaseSequence));
    }

    [Fact]
    public void Append_OutOfOrder_IsRefused()
    {
        using var store = Open(new MemoryDisk());
        var log = store.OpenLog(Orders);
        log.Append(Batch(1, count: 3), 5);
        Assert.Throws<InvalidOperationException>(() => log.Append(Batch(5), 6));
        Assert.Throws<InvalidOperationException>(() => log.Append(Batch(3), 6));
        Assert.Throws<InvalidOperationException>(() => log.Append(Batch(4), 5));
        log.Append(Batch(4), 6);
        Assert.Equal(4UL, log.LastSequence);
    }

    [Fact]
    public void ManySmallChannels_KeepFewFilesOpenAndComeBack()
    {
        using var disk = new MemoryDisk();
        var groups = Enumerable.Range(1, 500).Select(i => new GroupId((ulong)i)).ToList();
        using (var store = Open(disk))
        {
            foreach (var group in groups)
            {
                store.Commit(Write(group, Entry(1)));
                store.OpenLog(group).Append(Batch(1), 1);
            }

            CheckIn(store, applied: 1);
            Assert.InRange(store.OpenSegmentFiles, 1, Small.MaxOpenSegments);
        }

        using var again = Open(disk);
        Assert.Equal(0, again.OpenSegmentFiles);
        Assert.All(groups, group => Assert.Single(ReadAll(again.OpenLog(group))));
        Assert.InRange(again.OpenSegmentFiles, 1, Small.MaxOpenSegments);
    }

    [Fact]
    public void TailCache_IsBoundedOverAllChannels()
    {
        using var store = Open(new MemoryDisk());
        for (var sequence = 1UL; sequence <= 50; sequence++)
        {
            for (var group = 1UL; group <= 20; group++)
            {
                store.OpenLog(new GroupId(group)).Append(Batch(sequence, payloadBytes: 200), sequence);
                Assert.InRange(store.TailCacheBytes, 0, Small.TailCacheBytes);
            }
        }

        Assert.All(Enumerable.Range(1, 20), group => Assert.Equal(50, ReadAll(store.OpenLog(new GroupId((ulong)group))).Count));
    }

    [Fact]
    public void Trim_RemovesWholeSegmentsAfterTheNextCheckpoint()
    {
        using var disk = new MemoryDisk();
        using var store = Open(disk);
        var log = store.OpenLog(Orders);
        for (var sequence = 1UL; sequence <= 500; sequence++)
        {
            store.Commit(Write(Orders, Entry(sequence)));
            log.Append(Batch(sequence, payloadBytes: 300), sequence);
        }

        CheckIn(store, applied: 500);
        var files = Segments(disk).Count;
        Assert.True(files > 5);
        store.Commit(Write(Orders, Entry(501)));
        log.TrimTo(400);
        Assert.Equal(400UL, ReadAll(log)[0].BaseSequence);
        Assert.Equal(files, Segments(disk).Count);
        CheckIn(store, applied: 501);
        Assert.InRange(Segments(disk).Count, 1, 3);
        log.TrimTo(10_000);
        Assert.Equal((501UL, 500UL), (log.FirstSequence, log.LastSequence));
        Assert.Empty(ReadAll(log));
        log.Append(Batch(501), 502);
        Assert.Equal([501UL], ReadAll(log).Select(batch => batch.BaseSequence));
    }

    [Fact]
    public void TrimWhileACheckpointIsUnderWay_LosesNothingThatItNames()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1)));
            store.OpenLog(Orders).Append(Batch(1), 1);
            var checkpoint = store.BeginCheckpoint();
            checkpoint.Add(State(Orders, applied: 1));
            store.OpenLog(Orders).TrimTo(2);
            checkpoint.Complete();
        }

        using var again = Open(disk);
        Assert.Equal([1UL], ReadAll(again.OpenLog(Orders)).Select(batch => batch.BaseSequence));
    }

    [Fact]
    public void DeletedChannel_LeavesNoFile()
    {
        using var disk = new MemoryDisk();
        using var store = Open(disk);
        var log = store.OpenLog(Orders);
        store.Commit(Write(Orders, Entry(1)));
        log.Append(Batch(1, payloadBytes: 5000), 1);
        CheckIn(store, applied: 1);
        using var reader = log.OpenReader();
        log.Delete();
        Assert.False(reader.TryRead(out _));
        store.Commit(new JournalWrite { Group = Orders, GroupDeleted = true });
        Assert.NotEmpty(Segments(disk));
        CheckIn(store, applied: 1);
        Assert.Empty(Segments(disk));
        Assert.Throws<InvalidOperationException>(() => log.Append(Batch(2), 2));
    }

    [Fact]
    public void AfterARestart_AppendsGoOnWhereTheCheckpointStood()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            var log = store.OpenLog(Orders);
            for (var sequence = 1UL; sequence <= 300; sequence++)
            {
                store.Commit(Write(Orders, Entry(sequence)));
                log.Append(Batch(sequence, payloadBytes: 150), sequence);
                if (sequence == 170)
                {
                    CheckIn(store, applied: 170);
                }
            }
        }

        var before = Segments(disk).ToDictionary(path => path, path => ReadFile(disk, path));
        using var again = Open(disk);
        var recovered = again.OpenLog(Orders);
        Assert.Equal((170UL, 170UL), (recovered.LastSequence, again.Groups[0].AppliedIndex));
        Assert.Equal(130, again.Groups[0].Entries.Count);
        for (var sequence = 171UL; sequence <= 300; sequence++)
        {
            recovered.Append(Batch(sequence, payloadBytes: 150), sequence);
        }

        Assert.Equal(Enumerable.Range(1, 300).Select(i => (ulong)i), ReadAll(recovered).Select(batch => batch.BaseSequence));
        recovered.Flush();
        foreach (var path in Segments(disk).SkipLast(1))
        {
            Assert.Equal(before[path], ReadFile(disk, path));
        }
    }

    [Fact]
    public void BytesBeyondTheManifest_AreCutBeforeTheFirstWrite()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1)));
            store.OpenLog(Orders).Append(Batch(1), 1);
            CheckIn(store, applied: 1);
        }

        var path = Assert.Single(Segments(disk));
        WriteFile(disk, path, [.. ReadFile(disk, path), .. new byte[40_000]]);
        using var again = Open(disk);
        var log = again.OpenLog(Orders);
        for (var sequence = 2UL; sequence <= 200; sequence++)
        {
            log.Append(Batch(sequence, payloadBytes: 300), sequence);
        }

        Assert.InRange(ReadFile(disk, path).Length, 20_000, 25_000);
        Assert.Equal(30UL, ReadAll(log, from: 30)[0].BaseSequence);
    }

    [Fact]
    public void EveryFlippedBitOfASegment_IsReportedToItsReaderOnly()
    {
        using var disk = new MemoryDisk();
        using var store = Open(disk, Small with { TailCacheBytes = 0 });
        var log = store.OpenLog(Orders);
        for (var sequence = 1UL; sequence <= 20; sequence++)
        {
            log.Append(Batch(sequence, payloadBytes: 40), sequence);
        }

        var path = Assert.Single(Segments(disk));
        var whole = ReadFile(disk, path);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            WriteFile(disk, path, damaged);
            var damage = Assert.Throws<StorageCorruptException>(() => ReadAll(log));
            Assert.Equal(path, damage.Path);
            Assert.InRange(damage.Offset, 0, at);
        }

        WriteFile(disk, path, whole);
        Assert.Equal(20, ReadAll(log).Count);
    }

    [Fact]
    public void Reader_AgreesWithAModel() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 700], Gen.Int[0, 11]).List[1, 120].Sample(steps =>
        {
            using var disk = new MemoryDisk();
            using var store = Open(disk);
            var log = store.OpenLog(Orders);
            using var reader = log.OpenReader();
            var model = new List<RecordBatch>();
            var first = 1UL;
            var index = 0UL;
            foreach (var (count, size, action) in steps)
            {
                switch (action)
                {
                    case 9:
                        log.TrimTo(Math.Min(first + (ulong)count, log.LastSequence + 1));
                        first = log.FirstSequence;
                        break;
                    case 10:
                        var wanted = (ulong)(size % 100);
                        reader.Seek(wanted);
                        AssertReads(reader, model, Math.Max(first, wanted), count * 20);
                        break;
                    case 11:
                        AssertFinds(log, model, first, size * 100);
                        break;
                    default:
                        for (var i = 0; i < 8; i++)
                        {
                            var batch = Batch(log.LastSequence + 1, count, size);
                            log.Append(batch, ++index);
                            model.Add(batch);
                        }

                        break;
                }
            }

            reader.Seek(1);
            AssertReads(reader, model, first, int.MaxValue);
        }, iter: 300);

    private static void AssertReads(ChannelLogReader reader, List<RecordBatch> model, ulong from, int most)
    {
        var read = 0;
        foreach (var expected in model.Where(batch => batch.LastSequence >= from))
        {
            if (++read > most)
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
