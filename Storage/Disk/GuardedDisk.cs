namespace Bayou.Storage.Disk;

/// <summary>
/// The one place where a failed change of the disk becomes a stop: it tells the owner, once, before the error goes on. Failed
/// reads stay with the reader.
/// </summary>
internal sealed class GuardedDisk(IDisk disk, Action<Exception> fail) : IDisk
{
    private int _failed;

    public long FreeBytes => disk.FreeBytes;

    /// <summary>True after the first failure; nothing may be acknowledged any more.</summary>
    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    public IDiskFile Open(string path, bool create = false)
    {
        try
        {
            return new GuardedDiskFile(disk.Open(path, create), this);
        }
        catch (DiskFailureException e) when (create)
        {
            Fail(e);
            throw;
        }
    }

    public bool Exists(string path) => disk.Exists(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

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

    private void Guard(Action change)
    {
        try
        {
            change();
        }
        catch (DiskFailureException e)
        {
            Fail(e);
            throw;
        }
    }
}
