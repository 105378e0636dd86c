using Microsoft.Win32.SafeHandles;

namespace Bayou.Storage.Disk;

/// <summary>A directory of the operating system, locked against every other server while it is open.</summary>
public sealed class RealDisk : IDisk
{
    private const string LockName = "LOCK";

    private readonly string _root;
    private readonly SafeFileHandle _lock;
    private readonly SafeFileHandle _rootHandle;
    private readonly DriveInfo _drive;

    /// <summary>Creates the directory if needed and locks it; <see cref="IOException"/> when another server holds it.</summary>
    public RealDisk(string root)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The store on disk needs Linux: its sync calls are checked through libc.");
        }

        _root = Path.GetFullPath(root);
        Directory.CreateDirectory(_root);
        _lock = Lock(_root);

        // Opened before the first write: syncfs reports only errors that happened after its handle was opened.
        _rootHandle = NativeDisk.OpenDirectory(_root);
        _drive = new DriveInfo(_root);
    }

    /// <summary>
    /// Gives a directory another name beside or elsewhere on its file system, all at once and durably. There must be nothing under that
    /// name.
    /// </summary>
    /// <exception cref="IOException">It cannot be moved: it is where it was.</exception>
    public static void MoveDirectory(string source, string target)
    {
        Directory.Move(source, target);
        NativeDisk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
    }

    public long FreeBytes => _drive.AvailableFreeSpace;

    public long CapacityBytes => _drive.TotalSize;

    public IDiskFile Open(string path, bool create = false)
    {
        var full = Full(path);
        try
        {
            // Without sharing the runtime would lock every file; the directory's lock is enough.
            var handle = File.OpenHandle(
                full, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return new RealDiskFile(handle, full);
        }
        catch (DirectoryNotFoundException e) when (!create)
        {
            throw new FileNotFoundException(e.Message, full, e);
        }
        catch (Exception e) when (e is not FileNotFoundException && IsFailure(e))
        {
            throw Failure("open", path, e);
        }
    }

    public IDiskFile OpenUncached(string path)
    {
        if (OpenDirect(path) is { } direct)
        {
            return direct;
        }

        // A file system without direct access, or no file. What was read before is dropped at least.
        var file = Open(path);
        NativeDisk.DropCache(((RealDiskFile)file).Handle);
        return file;
    }

    public IDiskFile OpenUnbuffered(string path) => OpenDirect(path) ?? Open(path);

    public bool Exists(string path) => File.Exists(Full(path));

    public long LengthOf(string path)
    {
        var file = new FileInfo(Full(path));
        return file.Exists ? file.Length : -1;
    }

    public IReadOnlyList<string> List(string directory)
    {
        var full = Full(directory);
        if (!Directory.Exists(full))
        {
            return [];
        }

        return [.. Directory.EnumerateFileSystemEntries(full).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    public bool TryReserve(string path, long bytes)
    {
        try
        {
            using (var handle = File.OpenHandle(Full(path), FileMode.OpenOrCreate, FileAccess.ReadWrite))
            {
                if (NativeDisk.TryAllocate(handle, bytes))
                {
                    return true;
                }
            }

            File.Delete(Full(path));
            return false;
        }
        catch (Exception e) when (IsFailure(e))
        {
            return false;
        }
    }

    public void Delete(string path) => Change("delete", path, () =>
    {
        // File.Delete is silent about a missing file but not about a missing directory.
        if (File.Exists(Full(path)))
        {
            File.Delete(Full(path));
        }
    });

    public void DeleteEmptyDirectory(string path) => Change("delete", path, () =>
    {
        var full = Full(path);
        if (Directory.Exists(full) && !Directory.EnumerateFileSystemEntries(full).Any())
        {
            Directory.Delete(full);
        }
    });

    public void Rename(string source, string target) =>
        Change("rename", source, () => File.Move(Full(source), Full(target), overwrite: true));

    public void CreateDirectory(string path) => Change("create", path, () => Directory.CreateDirectory(Full(path)));

    public void SyncDirectory(string path) => NativeDisk.SyncDirectory(Full(path));

    public void SyncAll() => NativeDisk.SyncFileSystem(_rootHandle, _root);

    public void Dispose()
    {
        _rootHandle.Dispose();
        _lock.Dispose();
    }

    internal static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    internal static DiskFailureException Failure(string operation, string path, Exception e)
    {
        var message = $"{operation} of {path} failed: {e.Message}";
        return NativeDisk.IsFull(e.HResult) ? new DiskFullException(message, e) : new DiskFailureException(message, e);
    }

    private DirectDiskFile? OpenDirect(string path)
    {
        var full = Full(path);
        if (NativeDisk.TryOpenDirect(full) is not { } handle)
        {
            return null;
        }

        var file = new DirectDiskFile(new RealDiskFile(handle, full), full);
        if (file.CanRead())
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static SafeFileHandle Lock(string root)
    {
        var path = Path.Combine(root, LockName);
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The data directory {root} is in use by another server, or cannot be locked: {e.Message}", e);
        }
    }

    private static void Change(string operation, string path, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(operation, path, e);
        }
    }

    private string Full(string path) => Path.Combine(_root, path);
}
