using Bayou.Storage.Disk;

namespace Bayou.Silo.Migration;

/// <summary>
/// The directory that an import creates: filled under another name beside its own, which it gets when it is complete. A failure leaves
/// nothing behind, and a crash only the other name.
/// </summary>
internal sealed class ImportTarget : IDisposable
{
    private bool _isComplete;

    private ImportTarget(string path) => (Path, Staging) = (path, path + ".import");

    public string Path { get; }

    /// <summary>Where to write.</summary>
    public string Staging { get; }

    /// <exception cref="IOException">Something is there already.</exception>
    public static ImportTarget Create(string directory)
    {
        var target = new ImportTarget(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory)));
        if (File.Exists(target.Path) || (Directory.Exists(target.Path) && Directory.EnumerateFileSystemEntries(target.Path).Any()))
        {
            throw new IOException($"{target.Path} is not empty. An import creates a directory, and adds to none.");
        }

        if (System.IO.Path.Exists(target.Staging))
        {
            throw new IOException($"{target.Staging} exists. It is left from an import that was interrupted, or one is under way; if not, remove it.");
        }

        Directory.CreateDirectory(target.Staging);
        return target;
    }

    /// <summary>Puts what was written in its place.</summary>
    public void Complete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path);
        }

        RealDisk.MoveDirectory(Staging, Path);
        _isComplete = true;
    }

    public void Dispose()
    {
        if (!_isComplete)
        {
            Directory.Delete(Staging, recursive: true);
        }
    }
}
