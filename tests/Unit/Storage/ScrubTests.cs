using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class ScrubTests : IDisposable
{
    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;

    public ScrubTests()
    {
        _store = OpenDamaged(_disk);
        for (var group = 1UL; group <= 3; group++)
        {
            _store.Commit(Write(new GroupId(group), Entry(1)));
            for (var i = 1UL; i <= 50; i++)
            {
                _store.OpenLog(new GroupId(group)).Append(Batch(i, payloadBytes: 1000), i);
            }
        }

        CheckIn(_store, applied: 50);
    }

    public void Dispose()
    {
        _store.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Pass_ReadsEverythingOnceInPiecesOfAboutTheBudget()
    {
        var all = Segments(_disk).Sum(path => _disk.LengthOf(path)) + (2 * _disk.LengthOf("CHECKPOINT.a"));
        for (var pass = 0; pass < 2; pass++)
        {
            var bytes = 0L;
            var calls = 0;
            ScrubStep step;
            do
            {
                step = _store.Scrub(byteBudget: 10_000);
                Assert.InRange(step.Bytes, step.IsPassComplete ? 0 : 10_000, 15_000);
                Assert.Equal(0, step.FaultCount);
                bytes += step.Bytes;
                calls++;
            }
            while (!step.IsPassComplete);

            // Footers are not counted.
            Assert.InRange(bytes, all * 95 / 100, all);
            Assert.InRange(calls, all / 15_000, (all / 10_000) + 2);
        }
    }

    [Theory]
    [InlineData("CHECKPOINT.a")]
    [InlineData("CHECKPOINT.b")]
    public void DamagedCopyOfTheCheckpoint_IsMendedFromTheOther(string path)
    {
        var whole = ReadFile(_disk, path);
        Damage(_disk, path, bytes => bytes[100] ^= 1);
        Assert.Equal(1, _store.Scrub(byteBudget: 1).FaultCount);
        Assert.Equal(whole, ReadFile(_disk, path));
        while (!_store.Scrub(byteBudget: 100_000).IsPassComplete)
        {
            // To the end of the pass.
        }

        Assert.Equal(0, _store.Scrub(byteBudget: 1).FaultCount);
    }

    [Fact]
    public void EveryDamagedSegment_IsFoundInOnePass()
    {
        var damaged = Segments(_disk).Where((_, number) => number % 2 == 0).ToList();
        damaged.ForEach(path => Damage(_disk, path, bytes => bytes[^1] ^= 1));
        var found = new List<GroupId>();
        _store.FaultFound += found.Add;
        Assert.Equal(new ScrubStep(0, damaged.Count, true), _store.Scrub(long.MaxValue) with { Bytes = 0 });
        Assert.Equal(damaged.Count, found.Count);
        Assert.Equal(damaged.Count, Enumerable.Range(1, 3).Sum(group => _store.OpenLog(new GroupId((ulong)group)).Faults.Count));
    }

    [Fact]
    public void SegmentsTrimmedOrGrownMeanwhile_AreNoDamage()
    {
        _store.Scrub(byteBudget: 15_000);
        for (var group = 1UL; group <= 3; group++)
        {
            var log = _store.OpenLog(new GroupId(group));
            _store.Commit(Write(log.Group, Entry(2)));
            log.TrimTo(45);
            for (var i = 51UL; i <= 90; i++)
            {
                log.Append(Batch(i, payloadBytes: 1000), i);
            }
        }

        CheckIn(_store, applied: 90);
        Assert.Equal(new ScrubStep(0, 0, true), _store.Scrub(long.MaxValue) with { Bytes = 0 });
    }

    [Fact]
    public void EmptyStore_IsDoneAtOnce()
    {
        using var store = Open(new MemoryDisk());
        Assert.True(store.Scrub(byteBudget: 1000).IsPassComplete);
    }
}
