namespace Bayou.Simulation.Disk;

/// <summary>
/// Damages data at rest, within what the <see cref="FaultAtlas"/> permits. Each method damages one place and says which, or finds none
/// that it may damage.
/// <para>
/// A sector that looks as if it had never been written is not told from an unfinished write while it is part of the last batch of a journal.
/// No store can mend a disk that loses exactly what it has just confirmed, so journal sectors are only ever lost once a later batch is
/// durable; checkpoint and identity, whose newest copy wins, only rot.
/// </para>
/// </summary>
public sealed class DiskRot(VirtualDisk disk, FaultAtlas atlas)
{
    /// <summary>Some bits of a sector turn over.</summary>
    public string? FlipBits(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (Pick(random, isLost: false) is not { } place)
        {
            return null;
        }

        var bytes = place.File.CopyOf(place.Sector);
        Flip(bytes, random);
        place.File.Damage(place.Sector, bytes);
        return $"bits of {place}";
    }

    /// <summary>Some bits turn over in what the journal was given last.</summary>
    public string? FlipBitsOfNewest(Random random)
    {
        if (!atlas.Permits(disk, DiskArea.Control) || NewestJournalPlace() is not { } place)
        {
            return null;
        }

        var bytes = place.File.CopyOf(place.Sector);
        Flip(bytes, random);
        place.File.Damage(place.Sector, bytes);
        return $"bits of {place}";
    }

    /// <summary>An earlier write went to the wrong place: its own place still holds nothing, and another holds it.</summary>
    public string? MisdirectWrite(Random random)
    {
        if (Pick(random, isLost: true) is not { } meant || Pick(random, isLost: false) is not { } hit || meant == hit)
        {
            return null;
        }

        var bytes = meant.File.CopyOf(meant.Sector);
        meant.File.Damage(meant.Sector, new byte[FileContent.SectorBytes]);
        hit.File.Damage(hit.Sector, bytes);
        return $"write of {meant} to {hit}";
    }

    /// <summary>The next read of a sector returns some wrong bits.</summary>
    public string? FlipBitsOnRead(Random random)
    {
        if (Pick(random, isLost: false) is not { } place)
        {
            return null;
        }

        var seed = random.Next();
        disk.ReadFaults.Arm(place.Path, place.Sector, bytes => Flip(bytes, new Random(seed)));
        return $"next read of {place}";
    }

    /// <summary>The next read of a sector returns another one.</summary>
    public string? MisdirectRead(Random random)
    {
        // A journal that seems to hold nothing where its last batch is would be taken for unfinished, as above.
        if (Pick(random, isLost: true) is not { } meant || Pick(random, isLost: false) is not { } hit || meant == hit)
        {
            return null;
        }

        var other = hit.File.CopyOf(hit.Sector);
        disk.ReadFaults.Arm(meant.Path, meant.Sector, bytes => other.CopyTo(bytes, 0));
        return $"next read of {meant} returns {hit}";
    }

    private static void Flip(Span<byte> bytes, Random random)
    {
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
    }

    private Place? Pick(Random random, bool isLost)
    {
        var newestBatch = isLost ? NewestJournalWrite() : 0;
        var files = disk.Names.Files.Where(pair => IsEligible(pair.Key, isLost)).ToArray();
        if (files.Length == 0)
        {
            return null;
        }

        // Kinds of files equally often, however many there are of each.
        var kinds = files.GroupBy(static pair => pair.Key.Split('/')[0], StringComparer.Ordinal).ToArray();
        var kind = kinds[random.Next(kinds.Length)].ToArray();
        var (path, file) = kind[random.Next(kind.Length)];
        var start = random.Next(file.SectorCount);
        for (var i = 0; i < file.SectorCount; i++)
        {
            var sector = (start + i) % file.SectorCount;
            var writtenAt = file.DurableWriteAt(sector);
            if (writtenAt >= 0 && !file.IsDamagedAt(sector) && (!isLost || !IsJournal(path) || writtenAt < newestBatch))
            {
                return new Place(path, file, sector);
            }
        }

        return null;
    }

    private bool IsEligible(string path, bool isLost) =>
        disk.Names.Find(path) is { SectorCount: > 0 }
        && !path.StartsWith("wal/spare-", StringComparison.Ordinal)
        && (!isLost || path.Contains('/', StringComparison.Ordinal))
        && atlas.Permits(disk, atlas.AreaOf(path));

    private static bool IsJournal(string path) => path.StartsWith("wal/", StringComparison.Ordinal);

    private long NewestJournalWrite() => NewestJournalPlace() is { } place ? place.File.DurableWriteAt(place.Sector) : 0;

    private Place? NewestJournalPlace()
    {
        Place? newest = null;
        var newestWrite = 0L;
        foreach (var (path, file) in disk.Names.Files.Where(static pair => IsJournal(pair.Key)))
        {
            for (var sector = 0; sector < file.SectorCount; sector++)
            {
                if (file.DurableWriteAt(sector) is var write && write > newestWrite && !file.IsDamagedAt(sector))
                {
                    (newest, newestWrite) = (new Place(path, file, sector), write);
                }
            }
        }

        return newest;
    }

    private readonly record struct Place(string Path, FileContent File, int Sector)
    {
        public override string ToString() => $"sector {Sector} of {Path}";
    }
}
