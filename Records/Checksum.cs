using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Bayou.Records;

/// <summary>CRC-32C (Castagnoli) as every format of the project uses it: initial value and final xor are all ones.</summary>
public static class Checksum
{
    /// <summary>Checksum of <paramref name="bytes"/>; <paramref name="seed"/> ties it to an identity or a position.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var crc = uint.MaxValue;
        if (seed != 0)
        {
            crc = BitOperations.Crc32C(crc, seed);
        }

        return ~Append(crc, bytes);
    }

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words)
            {
                crc = BitOperations.Crc32C(crc, word);
            }

            bytes = bytes[(words.Length * sizeof(ulong))..];
        }
        else
        {
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            }
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
