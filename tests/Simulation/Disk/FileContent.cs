namespace Bayou.Simulation.Disk;

/// <summary>
/// The bytes of one file, sector by sector: as its readers see them, and as they lie on the medium. A sector is a reference to an
/// array that is never written again once it is durable, so images of the medium cost no copies.
/// Invariant: what differs from the medium is in <see cref="_unsynced"/> or in <see cref="_dropped"/>.
/// </summary>
internal sealed class FileContent
{
    public const int SectorBytes = 4096;

    private readonly List<byte[]?> _sectors = [];
    private readonly List<long> _writtenAt = [];

    /// <summary>Sectors changed since the last sync, with what the medium holds of them.</summary>
    private readonly Dictionary<int, byte[]?> _unsynced = [];

    /// <summary>The same for sectors that a failed sync gave up: no later sync writes them, though readers may still see them.</summary>
    private readonly Dictionary<int, byte[]?> _dropped = [];

    private readonly SortedSet<int> _damaged = [];
    private readonly HashSet<int> _partlyWritten = [];
    private long _durableLength;

    public long Length { get; private set; }

    public int SectorCount => _sectors.Count;

    public bool IsDamaged => _damaged.Count > 0;

    /// <param name="buffer">Is filled as far as the file goes.</param>
    /// <param name="offset">From where.</param>
    /// <param name="isUncached">Whether sectors that a failed sync gave up show what the medium holds.</param>
    public int Read(Span<byte> buffer, long offset, bool isUncached = false)
    {
        var wanted = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (var done = 0; done < wanted;)
        {
            var (sector, start) = Locate(offset + done);
            var part = buffer.Slice(done, Math.Min(SectorBytes - start, wanted - done));
            var bytes = isUncached && _dropped.TryGetValue(sector, out var durable) ? durable : _sectors[sector];
            if (bytes is not null)
            {
                bytes.AsSpan(start, part.Length).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += part.Length;
        }

        return wanted;
    }

    /// <param name="bytes">What to write.</param>
    /// <param name="offset">Where.</param>
    /// <param name="number">Number of the write on its disk: later writes have higher ones.</param>
    public void Write(ReadOnlySpan<byte> bytes, long offset, long number)
    {
        Resize(Math.Max(Length, offset + bytes.Length));
        while (!bytes.IsEmpty)
        {
            var (sector, start) = Locate(offset);
            var part = bytes[..Math.Min(SectorBytes - start, bytes.Length)];
            part.CopyTo(Touch(sector, isWhole: part.Length == SectorBytes).AsSpan(start));
            _writtenAt[sector] = number;
            bytes = bytes[part.Length..];
            offset += part.Length;
        }
    }

    public void Resize(long length)
    {
        var count = (int)((length + SectorBytes - 1) / SectorBytes);
        if (length < Length)
        {
            for (var sector = count; sector < _sectors.Count; sector++)
            {
                Preserve(sector);
            }

            _sectors.RemoveRange(count, _sectors.Count - count);
            _writtenAt.RemoveRange(count, _writtenAt.Count - count);
            if (length % SectorBytes is var used and > 0)
            {
                Touch(count - 1, isWhole: false).AsSpan((int)used).Clear();
            }
        }

        while (_sectors.Count < count)
        {
            _sectors.Add(null);
            _writtenAt.Add(0);
        }

        Length = length;
    }

    public void Sync()
    {
        foreach (var sector in _unsynced.Keys)
        {
            if (!_partlyWritten.Contains(sector))
            {
                _damaged.Remove(sector);
            }
        }

        _damaged.RemoveWhere(sector => sector >= _sectors.Count);
        _unsynced.Clear();
        _partlyWritten.Clear();
        _durableLength = Length;
    }

    /// <summary>A sync fails: each sector may have been written, may be written by a later sync, or never will be, without a word.</summary>
    public void FailSync(Random random)
    {
        foreach (var (sector, durable) in _unsynced.ToArray())
        {
            var fate = random.Next(3);
            if (fate != 0)
            {
                _unsynced.Remove(sector);
            }

            if (fate == 1)
            {
                _dropped[sector] = durable;
            }
        }
    }

    /// <summary>The power goes: of what was not synced, each sector survives if <paramref name="survives"/> says so.</summary>
    public void LosePower(Func<bool> survives)
    {
        var length = survives() ? Length : _durableLength;
        foreach (var (sector, durable) in _unsynced)
        {
            // What was cut off comes back with the length; what is beyond the length goes with it.
            if (sector >= _sectors.Count || !survives())
            {
                Restore(sector, durable);
            }
        }

        foreach (var (sector, durable) in _dropped)
        {
            Restore(sector, durable);
        }

        Length = Math.Max(Math.Max(Length, length), _sectors.Count * (long)SectorBytes);
        Resize(length);
        _unsynced.Clear();
        _dropped.Clear();
        _partlyWritten.Clear();
        _damaged.RemoveWhere(sector => sector >= _sectors.Count);
        _durableLength = length;
    }

    /// <summary>What the medium holds now.</summary>
    public FileContent CloneDurable()
    {
        var clone = new FileContent { Length = _durableLength, _durableLength = _durableLength };
        var count = (int)((_durableLength + SectorBytes - 1) / SectorBytes);
        for (var sector = 0; sector < count; sector++)
        {
            clone._sectors.Add(DurableAt(sector));
            clone._writtenAt.Add(0);
        }

        return clone;
    }

    /// <summary>The number of the last write to a sector whose content is on the medium; -1 where it is not, or holds nothing.</summary>
    public long DurableWriteAt(int sector) =>
        _unsynced.ContainsKey(sector) || _dropped.ContainsKey(sector) || _sectors[sector] is null ? -1 : _writtenAt[sector];

    public bool IsDamagedAt(int sector) => _damaged.Contains(sector);

    /// <summary>A copy of a sector as its readers see it.</summary>
    public byte[] CopyOf(int sector) => _sectors[sector]?.ToArray() ?? new byte[SectorBytes];

    /// <summary>Puts damaged content in the place of a durable sector.</summary>
    public void Damage(int sector, byte[] content)
    {
        _sectors[sector] = content;
        _damaged.Add(sector);
    }

    private static (int Sector, int Start) Locate(long offset) => ((int)(offset / SectorBytes), (int)(offset % SectorBytes));

    private byte[]? DurableAt(int sector) =>
        _unsynced.TryGetValue(sector, out var before) || _dropped.TryGetValue(sector, out before) ? before
        : sector < _sectors.Count ? _sectors[sector]
        : null;

    /// <summary>The array of a sector, free to be written.</summary>
    private byte[] Touch(int sector, bool isWhole)
    {
        var bytes = _sectors[sector];
        if (Preserve(sector) && bytes is not null)
        {
            bytes = isWhole ? null : bytes.ToArray();
        }

        if (!isWhole && _damaged.Contains(sector))
        {
            _partlyWritten.Add(sector);
        }

        return _sectors[sector] = bytes ?? (isWhole ? GC.AllocateUninitializedArray<byte>(SectorBytes) : new byte[SectorBytes]);
    }

    /// <summary>Remembers what the medium holds of a sector that is about to change; true if its present array belongs to the medium.</summary>
    private bool Preserve(int sector)
    {
        if (_unsynced.ContainsKey(sector))
        {
            return false;
        }

        var isDropped = _dropped.Remove(sector, out var durable);
        _unsynced[sector] = isDropped ? durable : _sectors[sector];
        return !isDropped;
    }

    private void Restore(int sector, byte[]? durable)
    {
        while (_sectors.Count <= sector)
        {
            _sectors.Add(null);
            _writtenAt.Add(0);
        }

        _sectors[sector] = durable;
        _writtenAt[sector] = 0;
    }
}
