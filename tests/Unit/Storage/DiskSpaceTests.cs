using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>What happens while the disk fills up, and while the journal grows without checkpoints.</summary>
public sealed class DiskSpaceTests : IDisposable
{
    private const long Capacity = 10 << 20;
    private const long Ballast = 100 << 10;

    private static readonly StorageOptions Options = Small with { BallastBytes = Ballast };

    private readonly SmallDisk _disk = new(new MemoryDisk(), Capacity);

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Ballast_IsMadeWhereItIsAHundredthAtMost()
    {
        Open(_disk, Options).Dispose();
        Assert.Equal(Ballast, _disk.LengthOf("BALLAST"));

        using var smaller = new SmallDisk(new MemoryDisk(), (Ballast * 100) - 1);
        Open(smaller, Options).Dispose();
        Assert.False(smaller.Exists("BALLAST"));

        using var volatileDisk = new MemoryDisk();
        Open(volatileDisk, Options).Dispose();
        Assert.False(volatileDisk.Exists("BALLAST"));
    }

    [Fact]
    public void FullDisk_IsSeenBeforeItIsFullAndForgottenOnceThereIsRoom()
    {
        using var store = Open(_disk, Options);
        Assert.False(store.IsNearlyFull);
        _disk.ForeignBytes = Capacity * 94 / 100;
        FillJournal(store, 1, 80);
        Assert.True(store.IsNearlyFull);
        _disk.ForeignBytes = 0;
        Assert.False(store.IsNearlyFull);
    }

    [Fact]
    public void WriteWithoutSpace_TakesTheBallastAndGoesOn()
    {
        using var store = Open(_disk, Options);
        var written = FillJournal(store, 1, 20);
        _disk.ForeignBytes = _disk.FreeBytes;
        FillJournal(store, written + 1, 5);
        Assert.False(_disk.Exists("BALLAST"));
        Assert.True(store.IsNearlyFull);

        // The room is enough for the checkpoint that gives journal files back.
        CheckIn(store, applied: 25);
        Assert.False(_disk.Exists("BALLAST"));
        _disk.ForeignBytes = 0;
        FillJournal(store, 26, 1);
        CheckIn(store, applied: 26);
        Assert.True(_disk.Exists("BALLAST"));
        Assert.False(store.IsNearlyFull);
    }

    [Fact]
    public void WriteWithoutSpaceAndWithoutBallast_StopsTheStore()
    {
        var failures = new List<Exception>();
        using var store = SiloStore.Open(_disk, Options with { BallastBytes = 0 }, failures.Add);
        _disk.ForeignBytes = _disk.FreeBytes;
        Assert.Throws<DiskFullException>(() => FillJournal(store, 1, 40));
        Assert.IsType<DiskFullException>(Assert.Single(failures));
    }

    [Fact]
    public void JournalWithoutCheckpoints_AsksMoreLoudlyAndThenForPublishesToBeRefused()
    {
        using var store = Open(new MemoryDisk(), Small with { MaxJournalBytes = 512 << 10 });
        var (due, overdue) = (0, 0);
        store.CheckpointDue += () => due++;
        store.CheckpointOverdue += () => overdue++;
        FillJournal(store, 1, 40);
        Assert.Equal((1, 0, false), (due, overdue, store.IsNearlyFull));
        FillJournal(store, 41, 30);
        Assert.Equal((1, 1, false), (due, overdue, store.IsNearlyFull));
        FillJournal(store, 71, 70);
        Assert.Equal((1, 1, true), (due, overdue, store.IsNearlyFull));
        Assert.InRange(store.Statistics.JournalBytes, 512 << 10, 700 << 10);

        // One that has only begun gives nothing back.
        var checkpoint = store.BeginCheckpoint();
        Assert.True(store.IsNearlyFull);
        checkpoint.Add(State(Orders, applied: 140));
        checkpoint.Complete();
        Assert.False(store.IsNearlyFull);
        Assert.Equal(0, store.Statistics.JournalBytes);
    }

    [Fact]
    public void JournalOverItsBound_IsKnownAfterARestart()
    {
        using var disk = new MemoryDisk();
        var options = Small with { MaxJournalBytes = 256 << 10 };
        using (var store = Open(disk, options))
        {
            FillJournal(store, 1, 100);
        }

        using var again = Open(disk, options);
        Assert.True(again.IsNearlyFull);
        CheckIn(again, applied: 100);
        Assert.False(again.IsNearlyFull);
    }

    private static ulong FillJournal(SiloStore store, ulong from, int count)
    {
        for (var i = 0; i < count; i++)
        {
            store.Commit(Write(Orders, Entry(from + (ulong)i, bytes: 3500)));
        }

        return from + (ulong)count - 1;
    }
}
