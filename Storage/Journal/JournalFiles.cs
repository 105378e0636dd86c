using Bayou.Storage.Recovery;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>
/// The files of the journal: makes the next one, from a spare if there is one, and takes back those that a checkpoint has made
/// superfluous. A file has its name only once it is filled and synced, so a journal file is never shorter than what was
/// acknowledged in it.
/// </summary>
internal sealed class JournalFiles(IDisk disk, StorageOptions options)
{
    private const string SparePrefix = "spare-";
    private const string Unfinished = FolderName + "/new.tmp";

    private readonly Lock _gate = new();
    private readonly Queue<string> _spares = [];
    private IReadOnlyCollection<string> _damaged = [];

    /// <summary>Files in which damage was found: they are kept for whoever wants to look, and never used again.</summary>
    public void Distrust(IReadOnlyCollection<string> paths) => _damaged = paths;

    /// <summary>Takes note of spares that an earlier run left.</summary>
    public void FindSpares()
    {
        foreach (var name in disk.List(FolderName).Where(name => name.StartsWith(SparePrefix, StringComparison.Ordinal)))
        {
            _spares.Enqueue($"{FolderName}/{name}");
        }
    }

    /// <summary>Makes a file durable under its name and opens it.</summary>
    public IDiskFile Create(ulong file)
    {
        var path = PathOf(file);
        if (TakeSpare() is { } spare)
        {
            disk.Rename(spare, path);
        }
        else
        {
            using (var fresh = disk.Open(Unfinished, create: true))
            {
                fresh.SetLength(0);
                fresh.Extend(options.JournalFillBytes);
                fresh.Sync();
            }

            disk.Rename(Unfinished, path);
        }

        disk.SyncDirectory(FolderName);
        return disk.OpenUnbuffered(path);
    }

    /// <summary>Takes all files before <paramref name="first"/> out of the journal: as spares, or for good.</summary>
    public void Recycle(ulong first)
    {
        foreach (var name in disk.List(FolderName))
        {
            if (!TryParse(name, out var file) || file >= first)
            {
                continue;
            }

            var path = $"{FolderName}/{name}";
            if (_damaged.Contains(path))
            {
                QuarantineFolder.Move(disk, path);
                continue;
            }

            var spare = $"{FolderName}/{SparePrefix}{file:x16}.log";
            lock (_gate)
            {
                if (_spares.Count < options.SpareJournalFiles && disk.LengthOf(path) <= options.JournalFileBytes)
                {
                    disk.Rename(path, spare);
                    _spares.Enqueue(spare);
                    continue;
                }
            }

            disk.Delete(path);
        }
    }

    private string? TakeSpare()
    {
        lock (_gate)
        {
            return _spares.TryDequeue(out var spare) ? spare : null;
        }
    }
}
