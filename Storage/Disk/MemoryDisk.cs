namespace Bayou.Storage.Disk;

/// <summary>
/// A disk in memory: the volatile store, and the disk of tests. Made with <c>tracksCrash</c> it remembers what was not synced,
/// and <see cref="Crash"/> loses a random part of it, sector by sector, as a power cut does.
/// </summary>
public sealed class MemoryDisk(bool tracksCrash = false) : IDisk
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MemoryDiskFile> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<Action>> _undo = new(StringComparer.Ordinal);

    /// <summary>What <see cref="FreeBytes"/> answers.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    /// <summary>What <see cref="CapacityBytes"/> answers: 0, unless a test wants the disk to be nearly full.</summary>
    public long CapacityBytes { get; set; }

    public IDiskFile Open(string path, bool create = false)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(path, out var file))
            {
                if (!create)
                {
                    throw new FileNotFoundException($"There is no {path}.", path);
                }

                file = new MemoryDiskFile(tracksCrash);
                Put(path, file);
            }

            return file;
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
        {
            return _files.ContainsKey(path);
        }
    }

    public long LengthOf(string path)
    {
        lock (_gate)
        {
            return _files.TryGetValue(path, out var file) ? file.Length : -1;
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        lock (_gate)
        {
            return
            [
                .. _files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(path => path[prefix.Length..].Split('/')[0])
                    .Distinct(StringComparer.Ordinal),
            ];
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Put(path, file: null);
        }
    }

    public void DeleteEmptyDirectory(string path)
    {
        // Directories exist only as parts of names.
    }

    public void Rename(string source, string target)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(source, out var file))
            {
                throw new DiskFailureException($"rename of {source} failed: there is no such file");
            }

            var replaced = _files.GetValueOrDefault(target);
            Set(target, file);
            Set(source, file: null);
            NoteUndo(target, () =>
            {
                Set(target, replaced);
                Set(source, file);
            });
        }
    }

    public void CreateDirectory(string path)
    {
        // Directories exist only as parts of names.
    }

    public void SyncDirectory(string path)
    {
        lock (_gate)
        {
            _undo.Remove(path);
        }
    }

    public void SyncAll()
    {
        lock (_gate)
        {
            _undo.Clear();
            foreach (var file in _files.Values)
            {
                file.Sync();
            }
        }
    }

    /// <summary>
    /// Loses a random part of what was not synced: any sectors of any file, and the last names given in any directory. Handles
    /// opened before must not be used afterwards.
    /// </summary>
    public void Crash(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        lock (_gate)
        {
            foreach (var undo in _undo.Values)
            {
                for (var lost = random.Next(undo.Count + 1); lost > 0; lost--)
                {
                    undo[^1]();
                    undo.RemoveAt(undo.Count - 1);
                }
            }

            _undo.Clear();
            foreach (var file in _files.Values)
            {
                file.Crash(random);
            }
        }
    }

    public void Dispose()
    {
        // The bytes belong to whoever still holds the disk.
    }

    private static string DirectoryOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";

    private void Put(string path, MemoryDiskFile? file)
    {
        var before = _files.GetValueOrDefault(path);
        Set(path, file);
        if (!ReferenceEquals(before, file))
        {
            NoteUndo(path, () => Set(path, before));
        }
    }

    private void NoteUndo(string path, Action undoing)
    {
        if (!tracksCrash)
        {
            return;
        }

        var directory = DirectoryOf(path);
        if (!_undo.TryGetValue(directory, out var undo))
        {
            _undo[directory] = undo = [];
        }

        undo.Add(undoing);
    }

    private void Set(string path, MemoryDiskFile? file)
    {
        if (file is null)
        {
            _files.Remove(path);
        }
        else
        {
            _files[path] = file;
        }
    }
}
