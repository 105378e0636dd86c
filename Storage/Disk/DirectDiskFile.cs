using static Bayou.Storage.Disk.BlockMemory;

namespace Bayou.Storage.Disk;

/// <summary>
/// A file opened with O_DIRECT: its bytes come from the disk and go to the disk, past the page cache. Direct access wants memory,
/// offsets and lengths on block boundaries. Reads go through a buffer of their own; who writes brings <see cref="BlockMemory"/>.
/// </summary>
internal sealed class DirectDiskFile(RealDiskFile file, string path) : IDiskFile
{
    private const int LargestBufferBytes = 1 << 20;

    private readonly Lock _gate = new();
    private Memory<byte> _buffer;

    public long Length => file.Length;

    public int Read(Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            Reserve(buffer.Length + BlockBytes);
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

    /// <summary>Writes whole blocks, from <see cref="BlockMemory"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.Length % BlockBytes != 0 || offset % BlockBytes != 0 || !IsOnBoundary(bytes))
        {
            throw new ArgumentException($"{bytes.Length} bytes at {offset} are no whole blocks of {path}, or not in memory for such.");
        }

        file.Write(bytes, offset);
    }

    public void Sync() => file.Sync();

    public void SetLength(long length) => file.SetLength(length);

    public void Extend(long length) => file.Extend(length);

    public void Dispose() => file.Dispose();

    /// <summary>Some file systems take the flag and then refuse to read.</summary>
    public bool CanRead()
    {
        try
        {
            Reserve(BlockBytes);
            _ = ReadBlocks(_buffer.Span[..BlockBytes], 0);
            return true;
        }
        catch (DiskFailureException)
        {
            return false;
        }
    }

    private void Reserve(long bytes)
    {
        var wanted = (int)Math.Clamp(RoundUp(bytes), BlockBytes, LargestBufferBytes);
        if (_buffer.Length < wanted)
        {
            _buffer = Allocate(wanted);
        }
    }

    private int ReadBlocks(Span<byte> blocks, long offset)
    {
        try
        {
            return RandomAccess.Read(file.Handle, blocks, offset);
        }
        catch (Exception e) when (RealDisk.IsFailure(e))
        {
            throw RealDisk.Failure("read", path, e);
        }
    }
}
