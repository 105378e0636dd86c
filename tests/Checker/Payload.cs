using System.Buffers.Binary;
using Bayou.Records;

namespace Bayou.Checker;

/// <summary>
/// The content that a value stands for: the value itself, and after it bytes that follow from it, so that a reader can tell which
/// publish it sees and whether every byte is right.
/// </summary>
public static class Payload
{
    private const int ValueBytes = 8;

    /// <summary>At least the value's own bytes, and at most <paramref name="maxBytes"/>.</summary>
    public static byte[] Of(Value value, int maxBytes)
    {
        var state = ((ulong)(uint)value.Connection << 32) | (uint)value.Number;
        var bytes = new byte[ValueBytes + (int)(Mix(state) % (ulong)Math.Max(1, maxBytes - ValueBytes))];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, state);
        var rest = bytes.AsSpan(ValueBytes);
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, state = Mix(state));
        }

        rest.Fill((byte)state);
        return bytes;
    }

    /// <summary>The value that a payload stands for.</summary>
    public static Value ValueOf(ReadOnlySpan<byte> payload) => payload.Length < ValueBytes
        ? Value.None
        : new Value(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), BinaryPrimitives.ReadInt32LittleEndian(payload));

    /// <summary>What tells two contents apart.</summary>
    public static uint HashOf(ReadOnlySpan<byte> payload) => Checksum.Crc32C(payload);

    private static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30) ^ 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}
