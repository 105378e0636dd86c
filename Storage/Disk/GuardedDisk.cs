namespace Bayou.Storage.Disk;

/// <summary>
/// The one place where a failed change of the disk becomes a stop: it tells the owner, once, before the error goes on. Failed
/// reads stay with the reader.
/// </summary>
internal sealed class GuardedDisk(IDisk disk, Action<Exception> fail) : IDisk
{
    private int _failed;

    public long FreeBytes => disk.FreeBytes;

    public long CapacityBytes => disk.CapacityBytes;

    /// <summary>Frees space for a write that found none; false when it cannot.</summary>
    public Func<bool> MakeRoom { get; set; } = () => false;

    /// <summary>True after the first failure; nothing may be acknowledged any more.</summary>
    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    public IDiskFile Open(string path, bool create = false)
    {
        try
        {
            return new GuardedDiskFile(OpenWithRoom(path, create), this);
        }
        catch (DiskFailureException e) when (create)
        {
            Fail(e);
            throw;
        }
    }

    public IDiskFile OpenUncached(string path) => disk.OpenUncached(path);

    public IDiskFile OpenUnbuffered(string path) => new GuardedDiskFile(disk.OpenUnbuffered(path), this);

    public bool Exists(string path) => disk.Exists(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public bool TryReserve(string path, long bytes) => disk.TryReserve(path, bytes);

    public void Delete(string path) => Guard(() => disk.Delete(path));

    public void DeleteEmptyDirectory(string path) => Guard(() => disk.DeleteEmptyDirectory(path));

    public void Rename(string source, string target) => Guard(() => disk.Rename(source, target));

    public void CreateDirectory(string path) => Guard(() => disk.CreateDirectory(path));

    public void SyncDirectory(string path) => Guard(() => disk.SyncDirectory(path));

    public void SyncAll() => Guard(disk.SyncAll);

    public void Dispose() => disk.Dispose();

    /// <summary>Reports the first failure of the store; later ones are its echo.</summary>
    public void Fail(Exception e)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            fail(e);
        }
    }

    /// <summary>Makes a change; a failure is reported, unless it was want of space and room can be made.</summary>
    public void Guard(Action change)
    {
        try
        {
            try
            {
                change();
            }
            catch (DiskFullException)
            {
                if (!MakeRoom())
                {
                    throw;
                }

                change();
            }
        }
        catch (DiskFailureException e)
        {
            Fail(e);
            throw;
        }
    }

    private IDiskFile OpenWithRoom(string path, bool create)
    {
        try
        {
            return disk.Open(path, create);
        }
        catch (DiskFullException) when (create)
        {
            if (!MakeRoom())
            {
                throw;
            }

            return disk.Open(path, create);
        }
    }
}
