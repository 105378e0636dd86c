using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class CorruptionTests
{
    private const string Journal = "wal/wal-0000000000000001.log";
    private const int SectorBytes = 4096;

    [Fact]
    public void FlippedBitAnywhereInTheJournal_IsReportedByFileAndOffsetAndNothingIsTouched()
    {
        var written = WriteJournal(out var disk, seal: true);
        var whole = ReadFile(disk, Journal);
        for (var at = 0; at < written; at += 5)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            WriteFile(disk, Journal, damaged);
            var damage = Assert.Throws<StorageCorruptException>(() => Open(disk));
            Assert.Equal(Journal, damage.Path);
            Assert.InRange(damage.Offset, 0, at);
            Assert.Contains(Journal, damage.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, ReadFile(disk, Journal));
        }

        WriteFile(disk, Journal, whole);
        using var store = Open(disk);
        Assert.Equal(5, store.Groups[0].Entries.Count);
    }

    [Fact]
    public void EveryCutOfTheJournal_IsReported()
    {
        var written = WriteJournal(out var disk, seal: true);
        var whole = ReadFile(disk, Journal);
        for (var length = 0; length < whole.Length; length += 256)
        {
            WriteFile(disk, Journal, whole[..length]);
            if (length > written && length % SectorBytes == 0)
            {
                // Only unused space is gone.
                continue;
            }

            Assert.Equal(Journal, Assert.Throws<StorageCorruptException>(() => Open(disk)).Path);
        }
    }

    [Fact]
    public void LastBatchWithMissingSectors_IsCutBecauseNoSyncCoveredIt()
    {
        var written = WriteJournal(out var disk, seal: false);
        var whole = ReadFile(disk, Journal);
        var sectors = 3;
        for (var missing = 1; missing < 1 << sectors; missing++)
        {
            var torn = whole.ToArray();
            for (var sector = 0; sector < sectors; sector++)
            {
                if ((missing & (1 << sector)) != 0)
                {
                    torn.AsSpan(written - ((sectors - sector) * SectorBytes), SectorBytes).Clear();
                }
            }

            using var copy = Copy(disk);
            WriteFile(copy, Journal, torn);
            using (var store = Open(copy))
            {
                AssertSame([Entry(1), Entry(2), Entry(3), Entry(4)], store.Groups[0].Entries);
                store.Commit(Write(Orders, Entry(5, term: 2)));
            }

            using var again = Open(copy);
            AssertSame([Entry(1), Entry(2), Entry(3), Entry(4), Entry(5, term: 2)], again.Groups[0].Entries);
        }
    }

    [Fact]
    public void TornFirstBatchOfAFile_IsNotWrittenOver()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1, bytes: 9000)));
        }

        Damage(disk, Journal, bytes => bytes.AsSpan(0, SectorBytes).Clear());
        using (var store = Open(disk))
        {
            Assert.Empty(store.Groups);
            store.Commit(Write(Orders, Entry(1)));
        }

        using var again = Open(disk);
        AssertSame([Entry(1)], again.Groups[0].Entries);
    }

    [Fact]
    public void ZeroedSectorBeforeTheLastBatch_IsDamage()
    {
        var written = WriteJournal(out var disk, seal: true);
        var whole = ReadFile(disk, Journal);
        for (var at = 0; at < written - SectorBytes; at += SectorBytes)
        {
            var damaged = whole.ToArray();
            damaged.AsSpan(at, SectorBytes).Clear();
            WriteFile(disk, Journal, damaged);
            Assert.Equal(Journal, Assert.Throws<StorageCorruptException>(() => Open(disk)).Path);
        }
    }

    [Fact]
    public void SectorFromAnotherPlaceOrAnOlderCopy_IsDamage()
    {
        var written = WriteJournal(out var disk, seal: true);
        var whole = ReadFile(disk, Journal);
        var swapped = whole.ToArray();
        whole.AsSpan(0, SectorBytes).CopyTo(swapped.AsSpan(SectorBytes));
        WriteFile(disk, Journal, swapped);
        var damage = Assert.Throws<StorageCorruptException>(() => Open(disk));
        Assert.Equal((Journal, SectorBytes), (damage.Path, damage.Offset));
        Assert.True(written > 2 * SectorBytes);
    }

    [Theory]
    [InlineData("IDENT.a")]
    [InlineData("IDENT.b")]
    [InlineData("CHECKPOINT.a")]
    [InlineData("CHECKPOINT.b")]
    public void OneDamagedCopy_CostsNothingAndIsMended(string path)
    {
        WriteJournal(out var disk, seal: true);
        using (var store = Open(disk))
        {
            var checkpoint = store.BeginCheckpoint();
            store.Append(Write(Orders, Entry(3), Entry(4), Entry(5, bytes: 9000)));
            checkpoint.Add(State(Orders, applied: 2));
            checkpoint.Complete();
        }

        var whole = ReadFile(disk, path);
        for (var at = 0; at <= whole.Length; at++)
        {
            var damaged = whole.ToArray();
            if (at < whole.Length)
            {
                damaged[at] ^= (byte)(1 << (at % 8));
            }
            else
            {
                disk.Delete(path);
            }

            using var copy = Copy(disk);
            WriteFile(copy, path, at < whole.Length ? damaged : []);
            var notes = new List<string>();
            using (var store = SiloStore.Open(copy, Small, _ => { }, notes.Add))
            {
                Assert.Equal(2UL, store.Groups[0].AppliedIndex);
                AssertSame([Entry(3), Entry(4), Entry(5, bytes: 9000)], store.Groups[0].Entries);
                Assert.Contains(notes, note => note.Contains(path, StringComparison.Ordinal));
            }

            notes.Clear();
            SiloStore.Open(copy, Small, _ => { }, notes.Add).Dispose();
            Assert.Empty(notes);
        }
    }

    [Theory]
    [InlineData("IDENT")]
    [InlineData("CHECKPOINT")]
    public void BothCopiesDamaged_IsAnErrorThatNamesThem(string name)
    {
        WriteJournal(out var disk, seal: true);
        WriteFile(disk, $"{name}.a", new byte[100]);
        disk.Delete($"{name}.b");
        Assert.StartsWith(name, Assert.Throws<StorageCorruptException>(() => Open(disk)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingJournalFile_IsAnError()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            for (var i = 1UL; i <= 60; i++)
            {
                store.Commit(Write(Orders, Entry(i, bytes: 3000)));
            }
        }

        Open(disk).Dispose();
        var files = disk.List("wal").Select(name => $"wal/{name}").ToList();
        Assert.True(files.Count >= 4);
        foreach (var file in files)
        {
            using var copy = Copy(disk);
            copy.Delete(file);
            Assert.Equal(file, Assert.Throws<StorageCorruptException>(() => Open(copy)).Path);
        }
    }

    [Fact]
    public void MissingOrCutSegment_IsAnError()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1)));
            store.OpenLog(Orders).Append(Batch(1, payloadBytes: 500), 1);
            CheckIn(store, applied: 1);
        }

        const string segment = "seg/0000000000000007/0000000000000001.seg";
        var whole = ReadFile(disk, segment);
        WriteFile(disk, segment, whole[..^1]);
        var cut = Assert.Throws<StorageCorruptException>(() => Open(disk));
        Assert.Equal((segment, whole.Length - 1), (cut.Path, cut.Offset));
        disk.Delete(segment);
        Assert.Equal(segment, Assert.Throws<StorageCorruptException>(() => Open(disk)).Path);
    }

    [Fact]
    public void RecycledFile_NeverShowsItsFormerLife()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            var index = 0UL;
            for (var round = 0; round < 6; round++)
            {
                for (var i = 0; i < 10; i++)
                {
                    store.Commit(Write(Orders, Entry(++index, bytes: 3000)));
                }

                CheckIn(store, applied: index);
            }

            store.Commit(Write(Orders, Entry(++index)));
            store.Commit(Write(Orders, Entry(++index)));
        }

        var newest = "wal/" + disk.List("wal").Last(name => name.StartsWith("wal-", StringComparison.Ordinal));
        Assert.True(ReadFile(disk, newest).AsSpan(3 * SectorBytes).IndexOfAnyExcept((byte)0) >= 0, "the file has no former life");
        using var again = Open(disk);
        Assert.Equal(60UL, again.Groups[0].AppliedIndex);
        AssertSame([Entry(61), Entry(62)], again.Groups[0].Entries);
    }

    [Fact]
    public void Checkpoint_WithoutAGroupOrItsUnappliedEntries_IsRefusedAndCanBeCompletedLater()
    {
        using var disk = new MemoryDisk();
        using (var store = Open(disk))
        {
            store.Commit(Write(Orders, Entry(1), Entry(2), Entry(3)));
            var checkpoint = store.BeginCheckpoint();
            Assert.Throws<InvalidOperationException>(checkpoint.Complete);
            checkpoint.Add(State(Orders, applied: 1));
            Assert.Throws<InvalidOperationException>(checkpoint.Complete);
            store.Append(Write(Orders, Entry(2), Entry(3)));
            checkpoint.Complete();
        }

        using var again = Open(disk);
        Assert.Equal(1UL, again.Groups[0].AppliedIndex);
        AssertSame([Entry(2), Entry(3)], again.Groups[0].Entries);
    }

    /// <summary>Five entries in five batches, the last of three sectors; returns where the written part of the file ends.</summary>
    private static int WriteJournal(out MemoryDisk disk, bool seal)
    {
        disk = new MemoryDisk();
        using var store = Open(disk);
        for (var i = 1UL; i <= 4; i++)
        {
            store.Commit(Write(Orders, Entry(i)));
        }

        store.Commit(Write(Orders, Entry(5, bytes: 9000)));
        if (seal)
        {
            store.Seal();
            Assert.True(store.Pump());
        }

        return (int)store.Statistics.Bytes;
    }
}
