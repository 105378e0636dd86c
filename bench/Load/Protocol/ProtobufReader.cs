namespace Bayou.Load.Protocol;

/// <summary>Walks over the fields of one protobuf message in place. Only the two wire types that STAN uses are known.</summary>
public ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Value of the current field if it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Value of the current field if it is a string or bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        Number = ReadVarint();
        Bytes = (tag & 7) switch
        {
            0 => default,
            2 => TakeBytes(Number),
            var type => throw new LoadException($"The server sent a protobuf field of wire type {type}."),
        };
        return true;
    }

    private ReadOnlySpan<byte> TakeBytes(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw new LoadException("The server sent a protobuf field that ends outside its message.");
        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < _rest.Length && i < 10; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80)
                continue;
            _rest = _rest[(i + 1)..];
            return value;
        }

        throw new LoadException("The server sent a number in protobuf that does not end.");
    }
}
