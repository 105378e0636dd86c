using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class RealDiskTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("bayou-storage-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void SecondServerOnTheSameDirectory_IsRefusedByName()
    {
        using var first = new RealDisk(_root);
        var refusal = Assert.Throws<IOException>(() => new RealDisk(_root));
        Assert.Contains(_root, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FailedOpen_ReleasesTheDirectory()
    {
        Open(new RealDisk(_root)).Dispose();
        File.Delete(Path.Combine(_root, "wal", "wal-0000000000000001.log"));
        Assert.Throws<StorageCorruptException>(() => Open(new RealDisk(_root)));
        using var disk = new RealDisk(_root);
        Assert.True(disk.Exists("IDENT.a"));
    }

    [Fact]
    public void SyncThatTheSystemRefuses_Throws()
    {
        using var device = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        var failure = Assert.Throws<DiskFailureException>(() => NativeDisk.SyncData(device, "/dev/null"));
        Assert.Contains("fdatasync of /dev/null", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteThatTheSystemRefuses_Throws()
    {
        using var file = new RealDiskFile(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite), "/dev/full");
        Assert.Throws<DiskFullException>(() => file.Write(new byte[10], 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(10_001)]
    public void UnbufferedFile_IsExtendedWhereverItWasCut(int length)
    {
        using var disk = new RealDisk(_root);
        var bytes = new byte[20_000];
        new Random(7).NextBytes(bytes);
        using (var file = disk.Open("file", create: true))
        {
            file.Write(bytes, 0);
            file.SetLength(length);
        }

        const int Extended = 3 << 20;
        using (var unbuffered = disk.OpenUnbuffered("file"))
        {
            unbuffered.Extend(Extended);
            Assert.Equal(Extended, unbuffered.Length);
        }

        var read = File.ReadAllBytes(Path.Combine(_root, "file"));
        Assert.True(read.AsSpan(0, length).SequenceEqual(bytes.AsSpan(0, length)));
        Assert.Equal(-1, read.AsSpan(length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void UncachedFile_ReadsWhatWasWrittenAtEveryOffsetAndLength()
    {
        using var disk = new RealDisk(_root);
        var bytes = new byte[(2 << 20) + 777];
        new Random(7).NextBytes(bytes);
        using (var file = disk.Open("file", create: true))
        {
            file.Write(bytes, 0);
        }

        using var uncached = disk.OpenUncached("file");
        Assert.Equal(bytes.Length, uncached.Length);
        foreach (var (offset, length) in new[] { (0, bytes.Length), (1, 5000), (4095, 2), (4096, 4096), (1_048_575, 1_048_579), (bytes.Length - 1, 1) })
        {
            var read = new byte[length];
            Assert.Equal(length, uncached.Read(read, offset));
            Assert.True(bytes.AsSpan(offset, length).SequenceEqual(read), $"{length} bytes at {offset}");
        }

        Assert.Equal(777, uncached.Read(new byte[10_000], 2 << 20));
        Assert.Equal(0, uncached.Read(new byte[10], bytes.Length));
        Assert.Throws<FileNotFoundException>(() => disk.OpenUncached("missing"));
        Assert.Throws<FileNotFoundException>(() => disk.OpenUncached("missing/file"));
    }

    [Fact]
    public void Reserve_TakesTheSpaceAtOnce()
    {
        using var disk = new RealDisk(_root);
        Assert.True(disk.CapacityBytes > disk.FreeBytes);
        Assert.True(disk.TryReserve("BALLAST", 64 << 20), "this file system has no fallocate");
        Assert.Equal(64 << 20, disk.LengthOf("BALLAST"));
        Assert.False(disk.TryReserve("TOO MUCH", disk.CapacityBytes * 2));
        Assert.False(disk.Exists("TOO MUCH"));
    }

    [Fact]
    public void StoreOnDisk_KeepsWhatItAcknowledged()
    {
        using (var store = Open(new RealDisk(_root)))
        {
            store.Start();
            using var done = new CountdownEvent(300);
            for (var i = 1UL; i <= 300; i++)
            {
                var write = Write(Orders, new JournalEntry(i, 1, 1, Batch(i, payloadBytes: 400).Bytes));
                write.Completed = _ => done.Signal();
                store.Append(write);
            }

            done.Wait(TestContext.Current.CancellationToken);
            var log = store.OpenLog(Orders);
            for (var i = 1UL; i <= 150; i++)
            {
                log.Append(Batch(i, payloadBytes: 400), i);
            }

            var checkpoint = store.BeginCheckpoint();
            var rest = new JournalWrite { Group = Orders };
            rest.Entries.AddRange(Enumerable.Range(151, 150).Select(i => new JournalEntry((ulong)i, 1, 1, Batch((ulong)i, payloadBytes: 400).Bytes)));
            store.Append(rest);
            checkpoint.Add(State(Orders, applied: 150));
            log.TrimTo(100);
            checkpoint.Complete();
        }

        using var again = Open(new RealDisk(_root));
        Assert.Equal(150UL, again.Groups[0].AppliedIndex);
        Assert.Equal(150, again.Groups[0].Entries.Count);
        Assert.Equal(Enumerable.Range(1, 150).Select(i => (ulong)i), ReadAll(again.OpenLog(Orders)).Select(batch => batch.BaseSequence));
        Assert.True(again.FreeBytes > 0);
        Assert.Equal(new ScrubStep(0, 0, true), again.Scrub(long.MaxValue) with { Bytes = 0 });
    }
}
