using System.Text;

namespace Bayou.Load.Protocol;

/// <summary>Writes protobuf fields in the order of the calls; a field with its default value is left out, as proto3 wants.</summary>
public sealed class ProtobufWriter
{
    private const int Number = 0;
    private const int LengthDelimited = 2;

    private readonly List<byte> _bytes = [];

    /// <summary>Bytes so far: where the next field begins.</summary>
    public int Length => _bytes.Count;

    public ProtobufWriter Field(int number, string value) => Field(number, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Field(int number, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return this;
        WriteVarint((ulong)(number << 3 | LengthDelimited));
        WriteVarint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public ProtobufWriter Field(int number, long value)
    {
        if (value == 0)
            return this;
        WriteVarint((ulong)(number << 3 | Number));
        WriteVarint((ulong)value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void WriteVarint(ulong value)
    {
        Span<byte> encoded = stackalloc byte[10];
        _bytes.AddRange(encoded[..Varint.Write(encoded, value)]);
    }
}
