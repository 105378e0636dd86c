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
    }
}
