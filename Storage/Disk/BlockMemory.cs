using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bayou.Storage.Disk;

/// <summary>Memory that the disk can read and write by itself: on a boundary of its blocks, and never moved.</summary>
internal static class BlockMemory
{
    public const int BlockBytes = 4096;

    /// <summary>Zero-filled.</summary>
    public static Memory<byte> Allocate(int bytes)
    {
        var memory = GC.AllocateArray<byte>(bytes + BlockBytes, pinned: true);
        var misplaced = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) % BlockBytes);
        return memory.AsMemory(misplaced == 0 ? 0 : BlockBytes - misplaced, bytes);
    }

    public static bool IsOnBoundary(ReadOnlySpan<byte> bytes) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(bytes)) % BlockBytes == 0;

    public static long RoundUp(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;
}
