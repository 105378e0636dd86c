using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>
/// A power cut after every single change of the disk that an operation makes, several times over with other parts lost, and once
/// more while the operation is taken up again. What is found is the state before or the state after, and nothing in between.
/// </summary>
public sealed class ReplicationCrashTests : IDisposable
{
    private const int CutsPerPlace = 3;
    private const ulong Own = 30;
    private const ulong CheckedIn = 20;
    private const ulong Theirs = 90;

    private static readonly RecordBatch[] Messages = [.. Enumerable.Range(1, (int)Theirs + 1).Select(i => Batch((ulong)i, payloadBytes: 1200))];

    private readonly MemoryDisk _theirDisk = new();
    private readonly SiloStore _theirs;
    private readonly ChannelLog _their;

    public ReplicationCrashTests()
    {
        _theirs = Open(_theirDisk);
        _their = _theirs.OpenLog(Orders);
        Append(_their, 1, Theirs);
    }

    public void Dispose()
    {
        _theirs.Dispose();
        _theirDisk.Dispose();
    }

    [Fact]
    public void SnapshotWithItsImport() => CutEverywhere(
        disk =>
        {
            Prepare(disk);
            _their.TrimTo(25);
        },
        (store, promised) =>
        {
            var log = store.OpenLog(Orders);
            if (log.LastSequence < Theirs)
            {
                Append(log, log.LastSequence + 1, Own);
                using var import = log.BeginImport(_their.Describe());
                Fetch(import);
                import.Complete();
                store.Commit(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(Theirs, 1, new byte[] { 42 }, import.Manifest) });
                promised.Add("snapshot");
                log.Install(import.Manifest);
            }

            store.Commit(Write(Orders, EntryOf(Theirs + 1)));
            Append(log, log.LastSequence + 1, Theirs + 1);
            CheckIn(store, applied: Theirs + 1);
        },
        (store, promised) =>
        {
            var group = store.Groups.Single();
            var log = store.OpenLog(Orders);
            if (group.AppliedIndex <= CheckedIn)
            {
                Assert.Empty(promised);
                AssertSame([.. Enumerable.Range((int)CheckedIn + 1, (int)(Own - CheckedIn)).Select(i => EntryOf((ulong)i))], group.Entries);
                AssertHolds(log, 1, CheckedIn);
            }
            else
            {
                AssertHolds(log, 25, group.AppliedIndex);
                Assert.InRange(group.AppliedIndex, Theirs, Theirs + 1);
            }
        });

    [Fact]
    public void Quarantine()
    {
        var before = new Dictionary<string, byte[]>();
        CutEverywhere(
            disk =>
            {
                Prepare(disk);
                before = Segments(disk).ToDictionary(path => Path.GetFileName(path), path => ReadFile(disk, path));
            },
            (store, promised) =>
            {
                if (store.Groups.Count > 0 && store.OpenLog(Orders).LastSequence == CheckedIn)
                {
                    store.Quarantine(Orders);
                    promised.Add("quarantine");
                }

                if (store.Groups.Count == 0 || promised.Count > 0)
                {
                    store.Commit(new JournalWrite { Group = Orders, GroupCreated = true });
                }

                store.Commit(Write(Orders, EntryOf(1)));
                var log = store.OpenLog(Orders);
                if (log.LastSequence == 0)
                {
                    log.Append(Batch(1, payloadBytes: 10), 1);
                }

                CheckIn(store, applied: 1);
            },
            (store, promised) =>
            {
                var log = store.OpenLog(Orders);
                if (log.LastSequence == CheckedIn)
                {
                    Assert.Empty(promised);
                    AssertHolds(log, 1, CheckedIn);
                }
                else
                {
                    Assert.InRange(log.LastSequence, 0UL, 1UL);
                    Assert.Equal(log.LastSequence, (ulong)ReadAll(log).Count);
                }
            },
            disk =>
            {
                // Whatever happened, every byte of the old replica is somewhere.
                var kept = disk.List("quarantine").SelectMany(folder => disk.List($"quarantine/{folder}").Select(name => $"quarantine/{folder}/{name}"))
                    .Concat(Segments(disk))
                    .Select(path => (Name: Path.GetFileName(path), Bytes: ReadFile(disk, path)))
                    .ToList();
                Assert.All(before, file => Assert.Contains(kept, one => one.Name == file.Key && one.Bytes.AsSpan().StartsWith(file.Value)));
            });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Repair(int number)
    {
        ulong first = 0;
        CutEverywhere(
            disk =>
            {
                Prepare(disk);
                var path = Segments(disk)[number];
                first = Convert.ToUInt64(Path.GetFileNameWithoutExtension(path), 16);
                Damage(disk, path, bytes => bytes[5300] ^= 1);
            },
            (store, promised) =>
            {
                var log = store.OpenLog(Orders);
                Assert.True(store.Scrub(long.MaxValue).IsPassComplete);
                using var repair = log.BeginRepair(_their.Describe());
                Fetch(repair);
                repair.Complete();
                Assert.Empty(log.Faults);
                AssertHolds(log, 1, CheckedIn);
                promised.Add("repair");
            },
            (store, promised) =>
            {
                var log = store.OpenLog(Orders);
                store.Scrub(long.MaxValue);
                Assert.True(promised.Count == 0 || log.Faults.Count == 0, "a repaired segment is damaged again");
                Assert.All(log.Faults, fault => Assert.Equal(first, fault.SegmentFirst));
            });
    }

    private static JournalEntry EntryOf(ulong index) => new(index, 1, 1, MessageOf(index).Bytes);

    private static RecordBatch MessageOf(ulong index) => Messages[index - 1];

    private static void Append(ChannelLog log, ulong from, ulong to)
    {
        for (var i = from; i <= to; i++)
        {
            log.Append(MessageOf(i), i);
        }
    }

    private static void AssertHolds(ChannelLog log, ulong first, ulong last)
    {
        var batches = ReadAll(log);
        Assert.Equal(last - first + 1, (ulong)batches.Count);
        Assert.All(batches, (batch, i) => Assert.True(batch.Bytes.Span.SequenceEqual(MessageOf(first + (ulong)i).Bytes.Span)));
    }

    /// <summary>A replica of thirty messages, twenty of them in its checkpoint.</summary>
    private static void Prepare(MemoryDisk disk)
    {
        using var store = Open(disk);
        var log = store.OpenLog(Orders);
        for (var i = 1UL; i <= Own; i++)
        {
            store.Commit(Write(Orders, EntryOf(i)));
            Append(log, i, i);
            if (i == CheckedIn)
            {
                CheckIn(store, applied: CheckedIn);
            }
        }
    }

    private void Fetch(SegmentImport import)
    {
        foreach (var range in import.Missing)
        {
            for (var done = 0L; done < range.Length; done += 7000)
            {
                var bytes = new byte[Math.Min(7000, range.Length - done)];
                Assert.True(_their.TryRead(range.SegmentFirst, range.Offset + done, bytes));
                import.Write(range.SegmentFirst, range.Offset + done, bytes);
            }
        }
    }

    private static void CutEverywhere(
        Action<MemoryDisk> prepare, Action<SiloStore, List<string>> act, Action<SiloStore, List<string>> check, Action<MemoryDisk>? inspect = null)
    {
        using var prepared = new MemoryDisk();
        prepare(prepared);
        for (var place = 1; ; place++)
        {
            var wasCut = false;
            for (var seed = 0; seed < CutsPerPlace; seed++)
            {
                var random = new Random(HashCode.Combine(place, seed));
                using var disk = Copy(prepared, tracksCrash: true);
                disk.SyncAll();
                try
                {
                    wasCut |= Run(disk, place, random, act, check, inspect);
                    Run(disk, random.Next(1, place + 1), random, act, check, inspect);
                    Run(disk, int.MaxValue, random, act, check, inspect);
                }
                catch (Exception e)
                {
                    Assert.Fail($"place {place}, seed {seed}: {e}");
                }
            }

            if (!wasCut)
            {
                Assert.True(place > 10, "nothing was cut");
                return;
            }
        }
    }

    private static bool Run(
        MemoryDisk disk,
        int cutAfter,
        Random random,
        Action<SiloStore, List<string>> act,
        Action<SiloStore, List<string>> check,
        Action<MemoryDisk>? inspect)
    {
        var promised = new List<string>();
        var wasCut = false;
        using (var counting = new CountingDisk(disk) { CrashAfter = cutAfter })
        {
            try
            {
                using var store = Open(counting, policy: DamagePolicy.Report);
                check(store, promised);
                act(store, promised);
            }
            catch (PowerCutException)
            {
                wasCut = true;
                disk.Crash(random);
            }
        }

        inspect?.Invoke(disk);
        using var again = Open(disk, policy: DamagePolicy.Report);
        Assert.All(again.Groups, group => Assert.Null(group.Fault));
        check(again, promised);
        return wasCut;
    }
}
