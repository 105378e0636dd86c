using Microsoft.Win32.SafeHandles;

namespace Bayou.Storage.Disk;

internal sealed class RealDiskFile(SafeFileHandle handle, string path) : IDiskFile
{
    private static readonly Memory<byte> Zeros = BlockMemory.Allocate(1 << 20);

    public SafeFileHandle Handle => handle;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset)
    {
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }
        catch (Exception e) when (RealDisk.IsFailure(e))
        {
            throw RealDisk.Failure("read", path, e);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception e) when (RealDisk.IsFailure(e))
        {
            throw RealDisk.Failure("write", path, e);
        }
    }

    public void Sync() => NativeDisk.SyncData(handle, path);

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception e) when (RealDisk.IsFailure(e))
        {
            throw RealDisk.Failure("resize", path, e);
        }
    }

    public void Extend(long length)
    {
        // The length first: a kill in the middle must not leave a length that nobody asked for.
        var before = Length;
        SetLength(Math.Max(before, length));
        try
        {
            // A file that something else has cut ends within a block, whose rest is zero, and direct access takes whole ones alone.
            for (var offset = BlockMemory.RoundUp(before); offset < length; offset += Zeros.Length)
            {
                Write(Zeros.Span[..(int)Math.Min(Zeros.Length, length - offset)], offset);
            }
        }
        catch (DiskFullException)
        {
            // So that another try fills it all.
            SetLength(before);
            throw;
        }
    }

    public void Dispose() => handle.Dispose();
}
