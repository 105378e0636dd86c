using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bayou.Storage.Disk;

/// <summary>
/// Sync calls of Linux with their results checked. The runtime's own ways to sync lose the error on some versions, and a lost
/// error here is a lost message.
/// </summary>
internal static partial class NativeDisk
{
    private const int OpenDirectoryReadOnly = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC
    private const int OpenReadWrite = 0x80000 | 2; // O_CLOEXEC | O_RDWR
    private const int Interrupted = 4;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int AdviceDontNeed = 4;

    /// <summary>O_DIRECT, whose value differs between the processors that .NET runs on.</summary>
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>fdatasync: the data and what is needed to find it.</summary>
    public static void SyncData(SafeFileHandle file, string path) => Check(DataSync(file), "fdatasync", path);

    /// <summary>fsync of a directory: the names in it.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = OpenDirectory(path);
        Check(FullSync(directory), "fsync", path);
    }

    /// <summary>syncfs: all of the file system that the handle lies on, with errors since the handle was opened.</summary>
    public static void SyncFileSystem(SafeFileHandle handle, string path) => Check(FileSystemSync(handle), "syncfs", path);

    /// <summary>Opens a file past the page cache; null where that cannot be done, be it only that there is no such file.</summary>
    public static SafeFileHandle? TryOpenDirect(string path)
    {
        var descriptor = OpenPath(path, OpenReadWrite | Direct);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>posix_fadvise: forgets what is cached of a file and was written. Advice: nothing depends on its result.</summary>
    public static void DropCache(SafeFileHandle file) => _ = Advise(file, 0, 0, AdviceDontNeed);

    /// <summary>fallocate: gives a file so many bytes of its own; false where the file system cannot or is full.</summary>
    public static bool TryAllocate(SafeFileHandle file, long bytes) => Allocate(file, 0, 0, bytes) == 0;

    /// <summary>Whether an error is want of space.</summary>
    public static bool IsFull(int error) => error is NoSpace or QuotaExceeded;

    public static SafeFileHandle OpenDirectory(string path)
    {
        var descriptor = OpenPath(path, OpenDirectoryReadOnly);
        Check(descriptor, "open", path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            var hint = error == Interrupted ? " (interrupted)" : "";
            throw new DiskFailureException($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}{hint}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FullSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int FileSystemSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);
}
