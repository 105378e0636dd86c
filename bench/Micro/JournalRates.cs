using System.Diagnostics;
using System.Globalization;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;

namespace Bayou.Micro;

/// <summary>
/// The journal on a real disk, as rates: groups that each wait for one append and then hand in the next, and the start of a store
/// that has a large journal to read. What a disk does varies with what else it does, so each is measured several times, the best
/// counts, and beside it stands what one sync took in the same moment.
/// </summary>
internal static class JournalRates
{
    private const int Runs = 15;
    private const int Waiting = 64;
    private const int EntryBytes = 1024;
    private const int Records = 100_000;
    private const int ProbeSyncs = 300;
    private const long RecoveryBytes = 256 << 20;

    public static void Measure()
    {
        var directory = Path.Combine(Path.GetTempPath(), "bayou-rates-" + Path.GetRandomFileName());
        try
        {
            MeasureAppends(Path.Combine(directory, "append"));
            MeasureRecovery(Path.Combine(directory, "recovery"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureAppends(string directory)
    {
        Print($"{Waiting} waiting appends of {EntryBytes} bytes", "run", "records/s", "batches/s", "per batch", "fdatasync p50 us");
        var best = 0.0;
        for (var run = 1; run <= Runs; run++)
        {
            Directory.CreateDirectory(directory);
            using (var store = Open(directory))
            {
                store.Start();
                WarmUp(store);
                var before = store.Statistics;
                var start = Stopwatch.GetTimestamp();
                new Appenders(store).Run(Records);
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                var batches = store.Statistics.Batches - before.Batches;
                best = Math.Max(best, Records / seconds);
                Row(run, Records / seconds, batches / seconds, (double)Records / batches, MedianSync(directory).TotalMicroseconds);
            }

            Directory.Delete(directory, recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"best: {best:N0} records/s"));
    }

    /// <summary>Leaves the store as it is after some time: with journal files to use again.</summary>
    private static void WarmUp(SiloStore store)
    {
        new Appenders(store).Run(Records * 3 / 2);
        var checkpoint = store.BeginCheckpoint();
        foreach (var group in checkpoint.DirtyGroups)
        {
            checkpoint.Add(new GroupCheckpoint { Group = group, HardState = default, AppliedIndex = Records, AppliedTerm = 1 });
        }

        checkpoint.Complete();
    }

    private static void MeasureRecovery(string directory)
    {
        Directory.CreateDirectory(directory);
        using (var store = Open(directory))
        {
            store.Start();
            new Appenders(store).Run((int)(RecoveryBytes / EntryBytes));
        }

        Print($"start with {RecoveryBytes >> 20} MiB of journal", "run", "MB/s", "ms", "records/s");
        for (var run = 1; run <= Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            using var store = Open(directory);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var records = store.Groups.Sum(group => (long)group.Entries.Count);
            Row(run, store.Statistics.JournalBytes / seconds / 1e6, seconds * 1000, records / seconds);
        }
    }

    private static SiloStore Open(string directory) => SiloStore.Open(
        new RealDisk(directory), new StorageOptions(), exception => Environment.FailFast("The disk failed.", exception));

    /// <summary>What one batch of this size costs the disk itself: written into zeros, as the journal does, and synced.</summary>
    private static TimeSpan MedianSync(string directory)
    {
        using var disk = new RealDisk(Path.Combine(directory, "probe"));
        using var file = disk.Open("probe", create: true);
        var bytes = new byte[Waiting * EntryBytes];
        file.Extend(ProbeSyncs * bytes.Length);
        file.Sync();
        var times = new TimeSpan[ProbeSyncs];
        for (var i = 0; i < ProbeSyncs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(bytes, (long)i * bytes.Length);
            file.Sync();
            times[i] = Stopwatch.GetElapsedTime(start);
        }

        Array.Sort(times);
        return times[ProbeSyncs / 2];
    }

    private static void Print(string title, params string[] columns) =>
        Console.WriteLine($"{Environment.NewLine}{title}{Environment.NewLine}{string.Join(' ', columns.Select(column => column.PadLeft(16)))}");

    private static void Row(params double[] values) =>
        Console.WriteLine(string.Join(' ', values.Select(value => value.ToString("N0", CultureInfo.InvariantCulture).PadLeft(16))));

    /// <summary>Groups that hand in their next entry as soon as the last one is durable.</summary>
    private sealed class Appenders(SiloStore store)
    {
        private readonly byte[] _data = new byte[EntryBytes];
        private readonly TaskCompletionSource _done = new();
        private int _left;
        private int _waiting = Waiting;

        public void Run(int records)
        {
            _left = records - Waiting;
            var first = store.Statistics.Writes;
            for (var i = 1; i <= Waiting; i++)
            {
                var write = new JournalWrite { Group = new GroupId((ulong)i), Completed = OnDurable };
                write.Entries.Add(new JournalEntry((ulong)first + 1, 1, 0, _data));
                store.Append(write);
            }

            _done.Task.Wait();
        }

        /// <summary>On the journal's thread, the only one that touches the counters from here on.</summary>
        private void OnDurable(JournalWrite write)
        {
            if (_left-- > 0)
            {
                var index = write.Entries[0].Index;
                write.Entries.Clear();
                write.Entries.Add(new JournalEntry(index + 1, 1, 0, _data));
                store.Append(write);
            }
            else if (--_waiting == 0)
            {
                _done.SetResult();
            }
        }
    }
}
