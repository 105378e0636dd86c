namespace Bayou.Storage.Disk;

/// <summary>A file whose failed changes stop the store. One that found no space is tried once more if room can be made.</summary>
internal sealed class GuardedDiskFile(IDiskFile file, GuardedDisk disk) : IDiskFile
{
    public long Length => file.Length;

    public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            try
            {
                file.Write(bytes, offset);
            }
            catch (DiskFullException)
            {
                if (!disk.MakeRoom())
                {
                    throw;
                }

                file.Write(bytes, offset);
            }
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

    public void SetLength(long length) => disk.Guard(() => file.SetLength(length));

    public void Extend(long length) => disk.Guard(() => file.Extend(length));

    public void Dispose() => file.Dispose();
}
