namespace Bayou.Simulation.Disk;

/// <summary>Reads that will go wrong once: the medium is whole, but what comes from it is not.</summary>
internal sealed class ReadFaults
{
    private readonly Dictionary<(string Path, int Sector), Action<byte[]>> _armed = [];

    /// <summary>Whether a read of some file of an area is going to go wrong.</summary>
    public IEnumerable<string> Paths => _armed.Keys.Select(static key => key.Path);

    /// <summary>Some read has gone wrong.</summary>
    public bool HaveSpoiled { get; private set; }

    public void Arm(string path, int sector, Action<byte[]> damage) => _armed[(path, sector)] = damage;

    /// <summary>All reads go well from here on.</summary>
    public void Clear()
    {
        _armed.Clear();
        HaveSpoiled = false;
    }

    /// <summary>Spoils what was read from <paramref name="offset"/> on, where that is due.</summary>
    public void Apply(string path, Span<byte> read, long offset)
    {
        if (_armed.Count == 0 || read.IsEmpty)
        {
            return;
        }

        for (var sector = (int)(offset / FileContent.SectorBytes); sector * (long)FileContent.SectorBytes < offset + read.Length; sector++)
        {
            if (_armed.Remove((path, sector), out var damage))
            {
                HaveSpoiled = true;
                Spoil(read, (sector * (long)FileContent.SectorBytes) - offset, damage);
            }
        }
    }

    private static void Spoil(Span<byte> read, long start, Action<byte[]> damage)
    {
        var whole = new byte[FileContent.SectorBytes];
        var from = (int)Math.Max(0, -start);
        var part = read[(int)Math.Max(0, start)..];
        part = part[..Math.Min(part.Length, FileContent.SectorBytes - from)];
        part.CopyTo(whole.AsSpan(from));
        damage(whole);
        whole.AsSpan(from, part.Length).CopyTo(part);
    }
}
