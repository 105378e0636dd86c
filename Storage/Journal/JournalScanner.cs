using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>
/// Reads one journal file and judges how it ends. A batch that was acknowledged is either read or reported as damage; only a
/// last batch whose sectors are missing, which no sync has covered, is left out.
/// </summary>
internal sealed class JournalScanner(ulong siloSeed, JournalReplay replay)
{
    /// <summary>Replays the batches of <paramref name="file"/>, which must begin at <paramref name="start"/>.</summary>
    public JournalScan Scan(IDiskFile file, JournalPosition start)
    {
        var path = PathOf(start.File);
        var window = new JournalWindow(file);
        if (window.FileLength == 0 || window.FileLength % SectorBytes != 0)
        {
            throw new StorageCorruptException(path, window.FileLength, "the file was cut: its length is not one the writer makes");
        }

        var position = start;
        var offset = 0L;
        while (true)
        {
            if (offset == window.FileLength)
            {
                throw new StorageCorruptException(path, offset, "the file was cut: it ends with a batch");
            }

            if (!TryBatch(window, position, offset, path, out var header, out var damage))
            {
                RejectLaterBatches(window, position, offset, path);
                return new JournalScan(position, offset, Rolled: false, offset == 0 && IsUnwritten(window, position.File), damage);
            }

            offset += (long)header.Sectors * SectorBytes;
            position = new JournalPosition(position.File, position.Batch + 1, header.HeaderCrc);
            if (header.Flags.HasFlag(BatchFlags.Roll))
            {
                return new JournalScan(position, offset, Rolled: true, IsEmpty: false, Damage: null);
            }
        }
    }

    private bool TryBatch(
        JournalWindow window, JournalPosition position, long offset, string path, out BatchHeader header, out StorageCorruptException? damage)
    {
        header = default;
        damage = null;
        var reader = new SectorReader(siloSeed, position.File);
        var state = reader.Read(window.Sector(offset), offset, out var batch, out var number);
        if (state == SectorState.Old)
        {
            return false;
        }

        if (state == SectorState.Damaged)
        {
            damage = new StorageCorruptException(path, offset, $"the first sector of batch {position.Batch} fails its checksum");
            return false;
        }

        if (!BatchHeader.TryRead(window.Sector(offset), Seed(siloSeed, position.File, offset), out header) || number != 0)
        {
            throw new StorageCorruptException(path, offset, $"there is no batch header where batch {position.Batch} should be");
        }

        if (header.Batch != position.Batch || batch != position.Batch || header.PreviousCrc != position.PreviousCrc)
        {
            throw new StorageCorruptException(
                path, offset, $"batch {header.Batch} does not follow batch {position.Batch - 1}: batches before it are missing");
        }

        if (offset + ((long)header.Sectors * SectorBytes) > window.FileLength)
        {
            throw new StorageCorruptException(path, window.FileLength, $"the file was cut inside batch {position.Batch}");
        }

        var sectors = window.Read(offset, (int)header.Sectors * SectorBytes);
        if (!AllCurrent(reader, sectors, position, offset, path, out damage))
        {
            return false;
        }

        if (SectorChain.Crc(sectors) != header.PayloadCrc)
        {
            damage = new StorageCorruptException(path, offset, $"the sectors of batch {position.Batch} do not belong together");
            return false;
        }

        BatchDecoder.Decode(header, sectors, path, offset, replay);
        return true;
    }

    /// <summary>False with no damage for a torn batch, some sector of which never reached the disk; false with damage otherwise.</summary>
    private static bool AllCurrent(
        SectorReader reader, ReadOnlySpan<byte> sectors, JournalPosition position, long offset, string path, out StorageCorruptException? damage)
    {
        damage = null;
        var torn = false;
        for (var i = 0u; (int)i * SectorBytes < sectors.Length; i++)
        {
            var at = (int)i * SectorBytes;
            var state = reader.Read(sectors.Slice(at, SectorBytes), offset + at, out var batch, out var number);
            torn |= state == SectorState.Old;
            if (state == SectorState.Damaged || (state == SectorState.Current && (batch != position.Batch || number != i)))
            {
                damage ??= new StorageCorruptException(path, offset + at, $"sector {i} of batch {position.Batch} fails its checksum");
            }
        }

        if (torn)
        {
            damage = null;
        }

        return !torn && damage is null;
    }

    /// <summary>An unfinished first batch may lack any of its sectors; those that are there must not mix with another batch of its number.</summary>
    private bool IsUnwritten(JournalWindow window, ulong file)
    {
        var reader = new SectorReader(siloSeed, file);
        for (var at = 0L; at < window.FileLength; at += SectorBytes)
        {
            if (reader.Read(window.Sector(at), at, out _, out _) != SectorState.Old)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A batch after the bad one was written only once the bad one was durable: then it is no torn write but damage.</summary>
    private void RejectLaterBatches(JournalWindow window, JournalPosition position, long offset, string path)
    {
        var reader = new SectorReader(siloSeed, position.File);
        for (var at = offset; at < window.FileLength; at += SectorBytes)
        {
            var sector = window.Sector(at);
            if (ReadUInt64(sector, StampFileOffset) == position.File
                && ReadUInt64(sector, StampBatchOffset) > position.Batch
                && reader.Read(sector, at, out _, out _) == SectorState.Current)
            {
                throw new StorageCorruptException(
                    path, offset, $"batch {position.Batch} was durable, as a later batch at offset {at} shows, and is damaged");
            }
        }
    }
}
