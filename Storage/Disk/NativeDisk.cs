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
    private const int Interrupted = 4;

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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);
}
