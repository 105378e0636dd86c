using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>
/// Reads journal files and judges how each ends. A batch that was acknowledged is either read or reported as damage; only a last
/// batch whose sectors are missing, which no sync has covered, is left out.
/// </summary>
internal sealed class JournalScanner(ulong siloSeed, JournalReplay replay, DamageLog damage, JournalLosses losses)
{
    /// <summary>Replays the batches of the file of this number.</summary>
    public JournalScan Scan(IDiskFile file, ulong number)
    {
        var path = PathOf(number);
        StorageCorruptException? cut = null;
        if (file.Length == 0 || file.Length % SectorBytes != 0)
        {
            cut = new StorageCorruptException(path, file.Length, "the file was cut: its length is not one the writer makes");
            damage.Found(cut);
        }

        var window = new JournalWindow(file);
        var scan = ScanBatches(window, number);
        if (scan.EndsWithBatch && !scan.Rolled && cut is null)
        {
            cut = new StorageCorruptException(path, window.Length, "the file was cut: it ends with a batch");
            damage.Found(cut);
        }

        if (cut is not null)
        {
            losses.Add(new BadBatch(number, scan.Bytes, Header: null, Directory: null, cut, IsCertain: true));
        }

        return scan with { IsEmpty = scan.IsEmpty && cut is null };
    }

    /// <summary>A whole file is missing, with everything that was in it.</summary>
    public void Miss(ulong number)
    {
        var missing = new StorageCorruptException(PathOf(number), 0, "the file is missing, and the journal goes through it");
        damage.Found(missing);
        losses.Add(new BadBatch(number, 0, Header: null, Directory: null, missing, IsCertain: true));
    }

    private JournalScan ScanBatches(JournalWindow window, ulong file)
    {
        var expected = losses.Next.Batch;
        for (var offset = 0L; offset < window.Length;)
        {
            var probe = BatchProbe.Read(window, siloSeed, file, offset, expected);
            if (probe is { IsWhole: true, Header: { } header })
            {
                Replay(window, probe, header, offset);
                offset += header.Sectors * (long)SectorBytes;
                expected = losses.Next.Batch;
                if (header.Flags.HasFlag(BatchFlags.Roll))
                {
                    return new JournalScan(offset) { EndsWithBatch = true, Rolled = true };
                }
            }
            else if (PassOver(window, probe, file, offset, expected) is { } next)
            {
                offset = next;
                expected = probe.Header?.Batch + 1 ?? expected;
            }
            else
            {
                return new JournalScan(offset) { IsEmpty = offset == 0 && IsUnwritten(window, file) };
            }
        }

        return new JournalScan(window.Length) { EndsWithBatch = window.Length > 0 };
    }

    private void Replay(JournalWindow window, in BatchProbe probe, in BatchHeader header, long offset)
    {
        var path = PathOf(header.File);
        losses.Follow(header, path, offset);
        var sectors = window.Read(offset, (int)header.Sectors * SectorBytes);
        if (!BatchDecoder.TryDecode(header, sectors, path, offset, replay))
        {
            damage.Found(new StorageCorruptException(path, offset, $"the records of batch {header.Batch} fail their checksums"));
            losses.Lose(probe.ReadDirectory(window, offset));
        }
    }

    /// <summary>
    /// Takes note of a batch that is not whole, and returns where the next one begins; null when none can be found in the file. A
    /// later batch was written only once this one was durable: then it is no unfinished write but damage.
    /// </summary>
    private long? PassOver(JournalWindow window, in BatchProbe probe, ulong file, long offset, ulong expected)
    {
        var later = FindLater(window, file, offset, expected);
        var reason = probe.Damage;
        if (!probe.IsDefinite && later is { } at)
        {
            reason = new StorageCorruptException(
                PathOf(file), offset, $"batch {expected} was durable, as a later batch at offset {at} shows, and is damaged");
        }

        var beyond = later is null ? FindDamagedBeyond(window, probe, file, offset) : null;
        if (beyond is { } bad)
        {
            reason ??= new StorageCorruptException(
                PathOf(file), offset, $"batch {expected} was durable, as what is left of a later one at offset {bad} shows, and is damaged");
        }

        var isCertain = probe.IsDefinite || later is not null || beyond is not null;
        if (isCertain)
        {
            damage.Found(reason!);
        }

        losses.Add(new BadBatch(file, offset, probe.Header, probe.ReadDirectory(window, offset), reason, isCertain));
        if (beyond is { } place)
        {
            losses.Add(new BadBatch(file, place, Header: null, Directory: null, reason, IsCertain: true));
        }

        return later is null ? null
            : probe.Header is { } header ? Math.Min(offset + (header.Sectors * (long)SectorBytes), window.Length)
            : FindHeader(window, file, offset + SectorBytes);
    }

    /// <summary>
    /// Where, behind the end of a last batch that is not whole, something lies that is neither old nor whole; null if nothing does. Unfinished
    /// writes leave no such sectors: later batches were there, and nobody can say what they held.
    /// </summary>
    private long? FindDamagedBeyond(JournalWindow window, in BatchProbe probe, ulong file, long offset)
    {
        var reader = new SectorReader(siloSeed, file);
        for (var at = offset + ((probe.Header?.Sectors ?? 1) * (long)SectorBytes); at < window.Length; at += SectorBytes)
        {
            if (reader.Read(window.Sector(at), at, out _, out _) == SectorState.Damaged)
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>Where a sector or at least a header of a batch after <paramref name="batch"/> lies, from <paramref name="offset"/> on.</summary>
    private long? FindLater(JournalWindow window, ulong file, long offset, ulong batch)
    {
        var reader = new SectorReader(siloSeed, file);
        for (var at = offset; at < window.Length; at += SectorBytes)
        {
            var sector = window.Sector(at);
            if ((ReadUInt64(sector, StampFileOffset) == file
                    && ReadUInt64(sector, StampBatchOffset) > batch
                    && reader.Read(sector, at, out _, out _) == SectorState.Current)
                || (BatchHeader.TryRead(sector, Seed(siloSeed, file, at), out var header) && header.Batch > batch))
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>Where the next batch with a readable header begins.</summary>
    private long? FindHeader(JournalWindow window, ulong file, long offset)
    {
        for (; offset < window.Length; offset += SectorBytes)
        {
            if (BatchHeader.TryRead(window.Sector(offset), Seed(siloSeed, file, offset), out _))
            {
                return offset;
            }
        }

        return null;
    }

    private bool IsUnwritten(JournalWindow window, ulong file)
    {
        var reader = new SectorReader(siloSeed, file);
        for (var at = 0L; at < window.Length; at += SectorBytes)
        {
            if (reader.Read(window.Sector(at), at, out _, out _) != SectorState.Old)
            {
                return false;
            }
        }

        return true;
    }
}
