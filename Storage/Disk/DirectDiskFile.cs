using Microsoft.Win32.SafeHandles;

namespace Bayou.Storage.Disk;

/// <summary>
/// A file read with O_DIRECT: the bytes come from the disk, whatever the page cache holds. Direct access wants memory, offsets and
/// lengths on block boundaries, so everything goes through a buffer of its own. Not for writing.
/// </summary>
internal sealed class DirectDiskFile : IDiskFile
{
    private const int BlockBytes = 4096;
    private const int LargestBufferBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly Memory<byte> _buffer;

    public DirectDiskFile(SafeFileHandle handle, string path)
    {
        (_handle, _path) = (handle, path);
        var bytes = (int)Math.Clamp(RoundUp(Length), BlockBytes, LargestBufferBytes);

        // Pinned, so that it stays on the boundary on which it is cut.
        var memory = GC.AllocateUninitializedArray<byte>(bytes + BlockBytes, pinned: true);
        var misplaced = (int)(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) % BlockBytes);
        _buffer = memory.AsMemory(misplaced == 0 ? 0 : BlockBytes - misplaced, bytes);
    }

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var skipped = (int)((offset + total) % BlockBytes);
                var wanted = (int)Math.Min(_buffer.Length, RoundUp(skipped + buffer.Length - total));
                var read = ReadBlocks(_buffer.Span[..wanted], offset + total - skipped) - skipped;
                if (read <= 0)
                {
                    break;
                }

                var part = Math.Min(read, buffer.Length - total);
                _buffer.Span.Slice(skipped, part).CopyTo(buffer[total..]);
                total += part;
            }

            return total;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    public void SetLength(long length) => throw ReadOnly();

    public void Extend(long length) => throw ReadOnly();

    public void Dispose() => _handle.Dispose();

    /// <summary>Some file systems take the flag and then refuse to read.</summary>
    public bool CanRead()
    {
        try
        {
            _ = ReadBlocks(_buffer.Span[..BlockBytes], 0);
            return true;
        }
        catch (DiskFailureException)
        {
            return false;
        }
    }

    private static long RoundUp(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    private int ReadBlocks(Span<byte> blocks, long offset)
    {
        try
        {
            return RandomAccess.Read(_handle, blocks, offset);
        }
        catch (Exception e) when (RealDisk.IsFailure(e))
        {
            throw RealDisk.Failure("read", _path, e);
        }
    }

    private InvalidOperationException ReadOnly() => new($"{_path} was opened for reading.");
}
