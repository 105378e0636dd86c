using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bayou.Gateway.Routing;

/// <summary>Hash of a few dozen bytes, for tables whose keys are subjects, tokens and sids.</summary>
internal static class SubjectHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Multiplier;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.Length >= sizeof(uint))
        {
            hash = Mix(hash, MemoryMarshal.Read<uint>(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        foreach (byte b in bytes) hash = Mix(hash, b);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        ulong mixed = (hash ^ value) * Multiplier;
        return mixed ^ (mixed >> 29);
    }
}
