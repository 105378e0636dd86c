using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Reads the journal from a checkpoint on, file by file, and says where to go on.</summary>
internal sealed class JournalRecovery(IDisk disk, ulong siloSeed, JournalReplay replay)
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
        var last = Math.Max(lastKnown, Math.Max(start.File, Newest()));
        var scanner = new JournalScanner(siloSeed, replay);
        var position = start;
        StorageCorruptException? suspicion = null;
        while (true)
        {
            var scan = ScanFile(scanner, position, suspicion);
            ReplayedBytes += scan.Offset;
            position = scan.Next;
            if (scan.Damage is not null || !scan.IsEmpty)
            {
                suspicion = scan.Damage;
            }

            if (position.File == last && !scan.Rolled)
            {
                if (suspicion is not null)
                {
                    throw suspicion;
                }

                disk.SyncDirectory(FolderName);
                EndsInEmptyFile = scan.IsEmpty;
                return scan.IsEmpty ? position : position with { File = position.File + 1 };
            }

            position = position with { File = position.File + 1 };
            last = Math.Max(last, position.File);
        }
    }

    private JournalScan ScanFile(JournalScanner scanner, JournalPosition position, StorageCorruptException? suspicion)
    {
        var path = PathOf(position.File);
        try
        {
            using var file = disk.Open(path);
            var scan = scanner.Scan(file, position);

            // A process that was killed may have written what it had no time to sync. It is about to be relied on.
            file.Sync();
            return scan;
        }
        catch (FileNotFoundException)
        {
            throw new StorageCorruptException(path, 0, "the file is missing, and the journal goes through it");
        }
        catch (StorageCorruptException e) when (e.Offset == 0 && suspicion is not null)
        {
            // The file cannot follow because the one before it lost its end: that is the place to name.
            throw suspicion;
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
