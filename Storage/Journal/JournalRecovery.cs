using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Reads the journal from a checkpoint on, file by file, and says where to go on.</summary>
internal sealed class JournalRecovery(IDisk disk, ulong siloSeed, JournalReplay replay, DamageLog damage)
{
    /// <summary>Bytes of batches that were replayed.</summary>
    public long ReplayedBytes { get; private set; }

    /// <summary>True when the file of the returned position exists and holds nothing yet.</summary>
    public bool EndsInEmptyFile { get; private set; }

    /// <summary>
    /// Replays everything from <paramref name="start"/>. All files up to <paramref name="lastKnown"/> must be there, and none may
    /// be missing in between. The returned position is always the beginning of a file: what an unfinished write left behind is
    /// never written over, so it cannot be confused with a new batch.
    /// </summary>
    public JournalPosition Run(JournalPosition start, ulong lastKnown)
    {
        // A process that was killed had no time to sync what it wrote last, nor the name of a file it made. Both are about to be relied on.
        disk.SyncDirectory(FolderName);
        var last = Math.Max(lastKnown, Math.Max(start.File, Newest()));
        var losses = new JournalLosses(siloSeed, replay, damage, start);
        var scanner = new JournalScanner(siloSeed, replay, damage, losses);
        for (var file = start.File; ; file++)
        {
            var scan = ScanFile(scanner, file);
            ReplayedBytes += scan.Bytes;
            if (file < last || scan.Rolled)
            {
                last = Math.Max(last, file + (scan.Rolled ? 1UL : 0));
                continue;
            }

            losses.End();
            EndsInEmptyFile = scan.IsEmpty;
            return losses.Next with { File = scan.IsEmpty ? file : file + 1 };
        }
    }

    private JournalScan ScanFile(JournalScanner scanner, ulong number)
    {
        try
        {
            using (var written = disk.Open(PathOf(number)))
            {
                written.Sync();
            }

            using var file = disk.OpenUncached(PathOf(number));
            return scanner.Scan(file, number);
        }
        catch (FileNotFoundException)
        {
            scanner.Miss(number);
            return default;
        }
    }

    private ulong Newest()
    {
        var newest = 0UL;
        foreach (var name in disk.List(FolderName))
        {
            if (TryParse(name, out var file))
            {
                newest = Math.Max(newest, file);
            }
        }

        return newest;
    }
}
