using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>Reads a journal file front to back in large pieces.</summary>
internal sealed class JournalWindow(IDiskFile file)
{
    private const int ReadBytes = 1 << 20;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(ReadBytes, file.Length));
    private long _start;
    private int _length;

    /// <summary>Of the whole sectors of the file.</summary>
    public long Length { get; } = file.Length / SectorBytes * SectorBytes;

    /// <summary>The bytes at <paramref name="offset"/>, which must lie inside the file.</summary>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        if (offset < _start || offset + length > _start + _length)
        {
            if (_buffer.Length < length)
            {
                _buffer = GC.AllocateUninitializedArray<byte>(length);
            }

            _start = offset;
            _length = file.Read(_buffer, offset);
        }

        return _buffer.AsSpan((int)(offset - _start), length);
    }

    public ReadOnlySpan<byte> Sector(long offset) => Read(offset, SectorBytes);
}
