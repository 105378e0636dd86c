using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Writes a stream of bytes into the contents of consecutive sectors, passing over their stamps.</summary>
internal ref struct SectorCursor
{
    private readonly Span<byte> _sectors;
    private int _at;

    public SectorCursor(Span<byte> sectors, int contentOffset)
    {
        _sectors = sectors;
        _at = (contentOffset / SectorContentBytes * SectorBytes) + StampBytes + (contentOffset % SectorContentBytes);
    }

    public void Put(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var rest = Rest();
            var part = Math.Min(rest.Length, bytes.Length);
            bytes[..part].CopyTo(rest);
            bytes = bytes[part..];
            _at += part;
        }
    }

    /// <summary>Zeros to the end.</summary>
    public void Fill()
    {
        while (_at < _sectors.Length)
        {
            var rest = Rest();
            rest.Clear();
            _at += rest.Length;
        }
    }

    private Span<byte> Rest()
    {
        var used = _at % SectorBytes;
        if (used == 0)
        {
            _at += StampBytes;
            used = StampBytes;
        }

        return _sectors.Slice(_at, SectorBytes - used);
    }
}
