namespace Bayou.Storage.Disk;

internal sealed class GuardedDiskFile(IDiskFile file, GuardedDisk disk) : IDiskFile
{
    public long Length => file.Length;

    public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            file.Write(bytes, offset);
        }
        catch (DiskFailureException e)
        {
            disk.Fail(e);
            throw;
        }
    }

    public void Sync()
    {
        try
        {
            file.Sync();
        }
        catch (DiskFailureException e)
        {
            disk.Fail(e);
            throw;
        }
    }

    public void SetLength(long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (DiskFailureException e)
        {
            disk.Fail(e);
            throw;
        }
    }

    public void Extend(long length)
    {
        try
        {
            file.Extend(length);
        }
        catch (DiskFailureException e)
        {
            disk.Fail(e);
            throw;
        }
    }

    public void Dispose() => file.Dispose();
}
