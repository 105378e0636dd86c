using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>
/// What lies where a batch should begin. A header and a directory have checksums of their own and may be readable in a batch that
/// is not whole.
/// </summary>
internal readonly record struct BatchProbe
{
    /// <summary>The checked header; null where none can be read.</summary>
    public BatchHeader? Header { get; private init; }

    /// <summary>Header and sectors are as they were written.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Why it is not whole; null for a torn batch, some sector of which never reached the disk, and where nothing was written.</summary>
    public StorageCorruptException? Damage { get; private init; }

    /// <summary>No unfinished write looks like this: it is damage even at the end of the journal.</summary>
    public bool IsDefinite { get; private init; }

    /// <summary>Looks at <paramref name="offset"/>; <paramref name="expected"/> is the number of the batch that should be there.</summary>
    public static BatchProbe Read(JournalWindow window, ulong siloSeed, ulong file, long offset, ulong expected)
    {
        var path = PathOf(file);
        var reader = new SectorReader(siloSeed, file);
        var state = reader.Read(window.Sector(offset), offset, out _, out var number);
        if (state == SectorState.Old)
        {
            return default;
        }

        if (!BatchHeader.TryRead(window.Sector(offset), Seed(siloSeed, file, offset), out var header)
            || (state == SectorState.Current && number != 0))
        {
            var isDefinite = state == SectorState.Current;
            return new BatchProbe
            {
                IsDefinite = isDefinite,
                Damage = new StorageCorruptException(
                    path,
                    offset,
                    isDefinite ? $"there is no batch header where batch {expected} should be" : $"the first sector of batch {expected} fails its checksum"),
            };
        }

        var end = offset + ((long)header.Sectors * SectorBytes);
        if (end > window.Length)
        {
            return new BatchProbe
            {
                Header = header,
                IsDefinite = true,
                Damage = new StorageCorruptException(path, window.Length, $"the file was cut inside batch {header.Batch}"),
            };
        }

        var sectors = window.Read(offset, (int)header.Sectors * SectorBytes);
        var areCurrent = AllCurrent(reader, sectors, header.Batch, offset, path, out var damage);
        if (areCurrent && SectorChain.Crc(sectors) != header.PayloadCrc)
        {
            areCurrent = false;
            damage = new StorageCorruptException(path, offset, $"the sectors of batch {header.Batch} do not belong together");
        }

        return new BatchProbe { Header = header, IsWhole = areCurrent, Damage = damage };
    }

    /// <summary>The directory of a batch that is not whole; null when it cannot be read.</summary>
    public DirectoryEntry[]? ReadDirectory(JournalWindow window, long offset)
    {
        if (Header is not { } header)
        {
            return null;
        }

        var bytes = new byte[header.DirectoryEntries * DirectoryEntryBytes];
        var sectors = SectorsFor(HeaderBytes + bytes.Length) * SectorBytes;
        if (offset + sectors > window.Length)
        {
            return null;
        }

        BatchDecoder.CopyPayload(window.Read(offset, sectors), bytes);
        if (Checksum.Crc32C(bytes) != header.DirectoryCrc)
        {
            return null;
        }

        var entries = new DirectoryEntry[header.DirectoryEntries];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = DirectoryEntry.Read(bytes.AsSpan(i * DirectoryEntryBytes));
        }

        return entries;
    }

    /// <summary>False with no damage for a torn batch; false with damage when a sector is neither of this batch nor of a former life.</summary>
    private static bool AllCurrent(
        SectorReader reader, ReadOnlySpan<byte> sectors, ulong expected, long offset, string path, out StorageCorruptException? damage)
    {
        damage = null;
        var torn = false;
        for (var i = 0u; (int)i * SectorBytes < sectors.Length; i++)
        {
            var at = (int)i * SectorBytes;
            var state = reader.Read(sectors.Slice(at, SectorBytes), offset + at, out var batch, out var number);
            torn |= state == SectorState.Old;
            if (state == SectorState.Damaged || (state == SectorState.Current && (batch != expected || number != i)))
            {
                damage ??= new StorageCorruptException(path, offset + at, $"sector {i} of batch {expected} fails its checksum");
            }
        }

        if (torn)
        {
            damage = null;
        }

        return !torn && damage is null;
    }
}
