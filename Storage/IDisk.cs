namespace Bayou.Storage;

/// <summary>
/// The only way from the store to files. Paths are relative to one root, separated by '/'. An operation that changes the disk
/// throws <see cref="DiskFailureException"/> when it fails; nobody retries it.
/// </summary>
public interface IDisk : IDisposable
{
    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }

    /// <summary>Opens a file for reading and writing. A missing file is a <see cref="FileNotFoundException"/> unless <paramref name="create"/>.</summary>
    IDiskFile Open(string path, bool create = false);

    bool Exists(string path);

    /// <summary>Length of a file in bytes, or -1 where there is none.</summary>
    long LengthOf(string path);

    /// <summary>Names (without the directory) of what lies in a directory, sorted; empty where there is no such directory.</summary>
    IReadOnlyList<string> List(string directory);

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
