namespace Bayou.Storage;

/// <summary>
/// The only way from the store to files. Paths are relative to one root, separated by '/'. An operation that changes the disk
/// throws <see cref="DiskFailureException"/> when it fails; nobody retries it, but for a write that found no space
/// (<see cref="DiskFullException"/>).
/// </summary>
public interface IDisk : IDisposable
{
    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }

    /// <summary>Bytes that the disk has in all; 0 for one that never gets full.</summary>
    long CapacityBytes => 0;

    /// <summary>Opens a file for reading and writing. A missing file is a <see cref="FileNotFoundException"/> unless <paramref name="create"/>.</summary>
    IDiskFile Open(string path, bool create = false);

    /// <summary>
    /// Opens a file for reading what is on the disk itself, past what the system remembers of it, as far as the disk can. Memory may
    /// hold data that a failed sync never brought to the disk, and hides damage to data that was read before.
    /// </summary>
    IDiskFile OpenUncached(string path) => Open(path);

    /// <summary>
    /// Opens a file that is written in whole blocks of 4 KiB, from memory on such a boundary, and synced at once. Its bytes go to the disk past what the system remembers of it,
    /// as far as the disk can, which spares a copy and makes the sync shorter.
    /// </summary>
    IDiskFile OpenUnbuffered(string path) => Open(path);

    bool Exists(string path);

    /// <summary>Length of a file in bytes, or -1 where there is none.</summary>
    long LengthOf(string path);

    /// <summary>Names (without the directory) of what lies in a directory, sorted; empty where there is no such directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>
    /// Makes a file that occupies so much space without writing to all of it; false where the disk cannot, or has no room.
    /// </summary>
    bool TryReserve(string path, long bytes) => false;

    /// <summary>Removes a file; one that is not there is no error.</summary>
    void Delete(string path);

    /// <summary>Removes a directory if it is empty; otherwise does nothing.</summary>
    void DeleteEmptyDirectory(string path);

    /// <summary>Gives a file another name, replacing what has that name.</summary>
    void Rename(string source, string target);

    void CreateDirectory(string path);

    /// <summary>Makes creations, renames and deletions in a directory durable. The empty path is the root.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes everything written through this disk durable.</summary>
    void SyncAll();
}
