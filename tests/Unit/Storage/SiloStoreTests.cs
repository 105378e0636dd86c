using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class SiloStoreTests
{
    [Fact]
    public void EmptyDisk_BecomesAStoreOfEpochOne()
    {
        using var disk = new MemoryDisk();
        using var store = Open(disk);
        Assert.Equal(Small.NewSiloId, store.Identity.Silo);
        Assert.Equal(1UL, store.Identity.Epoch);
        Assert.Empty(store.Groups);
    }

    [Fact]
    public void EveryStart_RaisesTheEpochAndKeepsTheIdentity()
    {
        using var disk = new MemoryDisk();
        var cluster = new Guid("ffffffff-4455-6677-8899-aabbccddeeff");
        using (var store = Open(disk))
        {
            store.JoinCluster(cluster);
            Assert.Throws<InvalidOperationException>(() => store.JoinCluster(Guid.Empty));
        }

        Open(disk).Dispose();
        using var third = Open(disk, Small with { NewSiloId = null });
        Assert.Equal(new SiloIdentity(Small.NewSiloId!.Value, cluster, 3), third.Identity);
    }

    [Fact]
    public void Starts_AreRemembered_TheLatestFirst()
    {
        using var disk = new MemoryDisk();
        for (ushort i = 1; i <= 3; i++)
        {
            Open(disk, Small with { StartNonce = (ushort)(i * 11) }).Dispose();
        }

        using var store = Open(disk, Small with { StartNonce = 44 });
        Assert.Equal([new SiloStart(4, 44), new SiloStart(3, 33), new SiloStart(2, 22), new SiloStart(1, 11)], store.Starts);
        store.JoinCluster(new Guid("ffffffff-4455-6677-8899-aabbccddeeff"));
        Assert.Equal(4, store.Starts.Count);
    }

    [Fact]
    public void Starts_AreRememberedUpToALimit()
    {
        using var disk = new MemoryDisk();
        for (var i = 0; i < 510; i++)
        {
            Open(disk).Dispose();
        }

        using var store = Open(disk);
        Assert.Equal(511UL, store.Starts[0].Epoch);
        Assert.Equal(Enumerable.Range(0, 504).Select(static i => 511UL - (ulong)i), store.Starts.Select(static start => start.Epoch));
    }

    [Theory]
    [InlineData("IDENT.a")]
    [InlineData("IDENT.b")]
    public void StartThatWasOpen_IsNeverCountedTwice_ThoughOneCopyOfTheIdentityIsLost(string copy)
    {
        using var disk = new MemoryDisk();
        Open(disk, Small with { StartNonce = 1 }).Dispose();
        using (Open(disk, Small with { StartNonce = 2 }))
        {
            // Neither copy may wait for anything: this start could be heard of now.
        }

        disk.Delete(copy);
        using var store = Open(disk, Small with { StartNonce = 3 });
        Assert.Equal([new SiloStart(3, 3), new SiloStart(2, 2), new SiloStart(1, 1)], store.Starts);
    }

    [Fact]
    public void DurableWrites_AreRecovered()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            var created = Write(Orders, Entry(1), Entry(2, bytes: 0));
            created.GroupCreated = true;
            created.HardState = new StoredHardState(3, 2, 1);
            store.Commit(created);
            store.Commit(Write(Orders, Entry(3, bytes: 20_000)));
            store.Commit(Write(new GroupId(9), Entry(1)));
        }

        using var again = Open(disk);
        Assert.Equal([Orders, new GroupId(9)], again.Groups.Select(group => group.Group));
        Assert.Equal(new StoredHardState(3, 2, 1), again.Groups[0].HardState);
        Assert.Equal(0UL, again.Groups[0].AppliedIndex);
        AssertSame([Entry(1), Entry(2, bytes: 0), Entry(3, bytes: 20_000)], again.Groups[0].Entries);
    }

    [Fact]
    public void EntryOfALowerIndex_ReplacesTheSuffix()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1), Entry(2), Entry(3)));
            store.Commit(Write(Orders, Entry(2, term: 2)));
        }

        using var again = Open(disk);
        AssertSame([Entry(1), Entry(2, term: 2)], again.Groups[0].Entries);
    }

    [Fact]
    public void DeletedGroup_IsNotRecovered()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1)));
            store.OpenLog(Orders).Append(Batch(1, payloadBytes: 4000), 1);
            store.OpenLog(Orders).Flush();
            store.Commit(new JournalWrite { Group = Orders, GroupDeleted = true });
        }

        Assert.NotEmpty(disk.List("seg"));
        using var again = Open(disk);
        Assert.Empty(again.Groups);
        again.BeginCheckpoint().Complete();
        Assert.Empty(disk.List("seg"));
    }

    [Fact]
    public void Writes_AreCompletedInOrderAfterTheSyncThatCoversThem()
    {
        using var disk = new MemoryDisk(tracksCrash: true);
        using var store = Open(disk);
        var completed = new List<ulong>();
        for (var i = 1UL; i <= 100; i++)
        {
            var write = Write(Orders, Entry(i, bytes: 500));
            write.Completed = done => completed.Add(done.Entries[0].Index);
            store.Append(write);
        }

        Assert.Empty(completed);
        while (store.Pump())
        {
            // One batch at a time, each no larger than the limit.
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), completed);
        Assert.InRange(store.Statistics.Batches, 7, 12);
        Assert.Equal(100, store.Statistics.Writes);
    }

    [Fact]
    public void StartedStore_WritesOnItsThreadAndFinishesOnDispose()
    {
        using var disk = new MemoryDisk();
        using var all = new CountdownEvent(1000);
        var store = Open(disk);
        store.Start();
        Assert.Throws<InvalidOperationException>(() => store.Pump());
        for (var i = 1UL; i <= 1000; i++)
        {
            var write = Write(Orders, Entry(i));
            write.Completed = _ => all.Signal();
            store.Append(write);
        }

        store.Dispose();
        Assert.True(all.IsSet);
        using var again = Open(disk);
        Assert.Equal(1000, again.Groups[0].Entries.Count);
    }

    [Fact]
    public void ManyFilesOfJournal_AreReadInOrder()
    {
        using var disk = new MemoryDisk();
        for (var round = 0; round < 5; round++)
        {
            using var store = Open(disk);
            var known = store.Groups.Count == 0 ? 0 : store.Groups[0].Entries.Count;
            Assert.Equal(round * 60, known);
            for (var i = 1; i <= 60; i++)
            {
                store.Commit(Write(Orders, Entry((ulong)(known + i), bytes: 3000)));
            }
        }

        using var last = Open(disk);
        AssertSame([.. Enumerable.Range(1, 300).Select(i => Entry((ulong)i, bytes: 3000))], last.Groups[0].Entries);
    }

    [Fact]
    public void SteadyStateOfTheWriter_AllocatesNothing()
    {
        using var disk = new FaultyDisk(new MemoryDisk());
        using var store = SiloStore.Open(disk, new StorageOptions { JournalFillBytes = 8 << 20 }, _ => { });
        var writes = Enumerable.Range(1, 64).Select(i => Write(new GroupId((ulong)i), Entry(1, bytes: 100))).ToArray();
        Round(100);
        disk.IsSilent = true;

        // The runtime itself may allocate a little now and then, but not in each of three measurements; 12,800 writes may not at all.
        Assert.InRange(Enumerable.Range(0, 3).Min(_ => Measure()), 0, 4096);
        disk.IsSilent = false;

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Round(200);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Round(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var write in writes)
                {
                    store.Append(write);
                }

                while (store.Pump())
                {
                    // All of it.
                }
            }
        }
    }

    [Fact]
    public void IdleStarts_AddNoFiles()
    {
        using var disk = new MemoryDisk();
        for (var i = 0; i < 5; i++)
        {
            Open(disk).Dispose();
        }

        Assert.Single(disk.List("wal"));
    }

    [Fact]
    public void FailedSync_CallsFailOnceAndCompletesNothing()
    {
        var failures = new List<Exception>();
        using var disk = new FaultyDisk(new MemoryDisk());
        var store = SiloStore.Open(disk, Small, failures.Add);
        disk.FailsSyncs = true;
        store.Start();
        var completed = false;
        var write = Write(Orders, Entry(1));
        write.Completed = _ => completed = true;
        store.Append(write);
        Assert.Throws<DiskFailureException>(store.BeginCheckpoint);
        Assert.IsType<DiskFailureException>(Assert.Single(failures));
        Assert.False(completed);
        Assert.Throws<DiskFailureException>(() => store.Append(Write(Orders, Entry(2))));
        store.Dispose();
    }

    [Fact]
    public void FailedSegmentWrite_CallsFail()
    {
        var failures = new List<Exception>();
        using var disk = new FaultyDisk(new MemoryDisk());
        using var store = SiloStore.Open(disk, Small, failures.Add);
        disk.FailsWrites = true;
        Assert.Throws<DiskFailureException>(() => store.OpenLog(Orders).Append(Batch(1, payloadBytes: 4000), 1));
        Assert.Single(failures);
    }

    [Theory]
    [InlineData(100, true, true)]
    [InlineData(20_000, true, false)]
    [InlineData(20_000, false, true)]
    public void BatchCompleted_LeavesTheThreadToTheNextBatch_AfterALargeOneOnly(int bytes, bool nextWaits, bool mayLinger)
    {
        using var disk = new MemoryDisk();
        using var store = Open(disk, Small with { MaxBatchBytes = 64 << 10, JournalFileBytes = 256 << 10, CheckpointBytes = 512 << 10 });
        var completed = new List<bool>();
        store.BatchCompleted += completed.Add;
        var write = Write(Orders, Entry(1, bytes: bytes));
        write.Completed = _ =>
        {
            if (nextWaits)
            {
                store.Append(Write(Orders, Entry(2)));
            }
        };
        store.Append(write);
        Assert.True(store.Pump());
        Assert.Equal([mayLinger], completed);
    }
}
