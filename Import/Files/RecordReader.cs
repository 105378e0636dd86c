using System.Buffers.Binary;

namespace Bayou.Import.Files;

/// <summary>
/// Walks the records of one file of the store. What cannot be read is reported and passed over, as far as it is known where the
/// next record begins.
/// <code>
///   file    u32 version = 1, records                   record  u32 size of the body; in typed files the highest byte is the type
///                                                              u32 CRC-32 of the body
///   All numbers are little endian. Zeros behind the            body
///   last record are space that was not used yet.
/// </code>
/// </summary>
internal sealed class RecordReader : IDisposable
{
    public const int HeaderBytes = 8;

    private const int VersionBytes = 4;
    private const uint Version = 1;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly bool _isTyped;
    private readonly Crc32 _checksum;
    private readonly SliceIndex? _index;
    private readonly Action<Damage> _report;
    private long _offset;
    private long _next;
    private bool _isOver;
    private bool _lastWasDamaged;

    /// <param name="stream">The file, which this reader closes; it must be able to seek.</param>
    /// <param name="name">What the file is called in reports.</param>
    /// <param name="isTyped">Whether records have a type.</param>
    /// <param name="checksum">What their checksums are made by.</param>
    /// <param name="report">Is told of what cannot be read.</param>
    /// <param name="index">Where records begin; null if nothing says so.</param>
    public RecordReader(Stream stream, string name, bool isTyped, Crc32 checksum, Action<Damage> report, SliceIndex? index = null)
    {
        _stream = stream;
        _name = name;
        _isTyped = isTyped;
        _checksum = checksum;
        _report = report;
        _index = index;
        Length = stream.Length;
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Whether anything was reported.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The next record that can be read; false at the end.</summary>
    public bool TryRead(out StoredRecord record)
    {
        record = default;
        if (_offset == 0)
        {
            ReadVersion();
        }

        while (!_isOver && _offset < Length)
        {
            if (TryReadHere(out record, out var reason))
            {
                _lastWasDamaged = false;
                _offset = _next;
                return true;
            }

            if (reason.Length > 0)
            {
                Report(_offset, reason);
                Resume();
            }
        }

        return false;
    }

    public void Dispose() => _stream.Dispose();

    private void ReadVersion()
    {
        _offset = VersionBytes;
        if (Length == 0)
        {
            // The server died between the creation of the file and its first write.
            _isOver = true;
            return;
        }

        Span<byte> version = stackalloc byte[VersionBytes];
        if (Length < VersionBytes)
        {
            Report(0, "the file ends within its version");
            _isOver = true;
        }
        else if (Read(0, version) && BinaryPrimitives.ReadUInt32LittleEndian(version) is var found && found != Version)
        {
            Report(0, $"the file is of version {found}, and only version {Version} is known");
            _isOver = true;
        }
    }

    /// <summary>False without a reason where the rest of the file is unused space.</summary>
    private bool TryReadHere(out StoredRecord record, out string reason)
    {
        record = default;
        reason = "";
        _next = Length;
        var rest = Length - _offset;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (rest < HeaderBytes)
        {
            reason = $"the file ends within the header of a record, after {rest} of {HeaderBytes} bytes";
            return false;
        }

        Read(_offset, header);
        var first = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var (type, size) = _isTyped ? ((byte)(first >> 24), first & 0xFFFFFF) : ((byte)0, first);
        if (first == 0 && expected == 0)
        {
            _isOver = IsZero(_offset + HeaderBytes);
            reason = _isOver ? "" : "there are zeros where a record should begin";
            return false;
        }

        if (size > Math.Min(rest - HeaderBytes, Array.MaxLength))
        {
            reason = $"a record of {size} bytes begins here, and {rest - HeaderBytes} bytes are left in the file";
            return false;
        }

        _next = _offset + HeaderBytes + size;
        var body = new byte[size];
        Read(_offset + HeaderBytes, body);
        var actual = _checksum.Of(body);
        if (actual != expected)
        {
            reason = $"the record's checksum is {actual:x8} and should be {expected:x8}";
            return false;
        }

        record = new StoredRecord(_offset, type, body);
        return true;
    }

    /// <summary>
    /// The index knows where the next record is. Without it the size of the damaged record has to be believed, once: a second damage
    /// right behind says that it was wrong.
    /// </summary>
    private void Resume()
    {
        if (_index?.After(_offset) is { } next)
        {
            _offset = next;
            return;
        }

        _isOver = _lastWasDamaged || _next >= Length;
        if (_isOver && _next < Length)
        {
            Report(_next, $"where the next record begins is unknown from here on: {Length - _next} bytes are not read");
        }

        _lastWasDamaged = true;
        _offset = _next;
    }

    private void Report(long offset, string reason)
    {
        IsDamaged = true;
        _report(new Damage(_name, offset, reason));
    }

    private bool Read(long offset, Span<byte> buffer)
    {
        if (_stream.Position != offset)
        {
            _stream.Position = offset;
        }

        _stream.ReadExactly(buffer);
        return true;
    }

    private bool IsZero(long offset)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (; offset < Length; offset += buffer.Length)
        {
            var part = buffer[..(int)Math.Min(buffer.Length, Length - offset)];
            Read(offset, part);
            if (part.IndexOfAnyExcept((byte)0) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
