namespace Bayou.Gateway.Streaming;

/// <summary>Walks the fields of a protobuf message in place. For the two messages that come by the million.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>Set once the bytes turned out not to be a message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Number of the field that <see cref="TryNext"/> moved to.</summary>
    public int Field { get; private set; }

    /// <summary>Value of a varint field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Content of a string, bytes or message field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly bool IsBytes => _wireType == LengthDelimited;

    public readonly bool IsNumber => _wireType == Varint;

    public bool TryNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!TryReadVarint(out var tag) || tag >> 3 is 0 or > int.MaxValue)
        {
            return Malformed();
        }

        Field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return _wireType switch
        {
            Varint => TryReadNumber(),
            LengthDelimited => TryReadBytes(),
            Fixed64 => TrySkip(sizeof(ulong)),
            Fixed32 => TrySkip(sizeof(uint)),
            _ => Malformed(),
        };
    }

    private bool TryReadNumber()
    {
        if (!TryReadVarint(out var value))
        {
            return Malformed();
        }

        Number = value;
        return true;
    }

    private bool TryReadBytes()
    {
        if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
        {
            return Malformed();
        }

        Bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool TrySkip(int bytes)
    {
        if (_rest.Length < bytes)
        {
            return Malformed();
        }

        _rest = _rest[bytes..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var b = _rest[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        _rest = default;
        return false;
    }
}
