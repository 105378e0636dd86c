namespace Bayou.Simulation.Disk;

/// <summary>
/// The names on a disk, as readers see them and as the medium holds them. Changes of a directory reach the medium when it is synced;
/// the power may go before that, and then any of them may be missing that no surviving one rests on. A rename is one change.
/// A name without content is a directory.
/// </summary>
internal sealed class NameTable
{
    /// <summary>What a store has put here it does not need any more.</summary>
    private const string SetAside = "quarantine/";

    private readonly SortedDictionary<string, FileContent?> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FileContent?> _durable = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<NameChange>> _unsynced = new(StringComparer.Ordinal);

    /// <summary>Every file, by name.</summary>
    public IEnumerable<KeyValuePair<string, FileContent>> Files => _names.Where(static pair => pair.Value is not null)!;

    /// <summary>Every file that has a name, or would have one again after a power cut.</summary>
    public IEnumerable<FileContent> Contents => _names.Values.Concat(_durable.Values).OfType<FileContent>().Distinct();

    public static string DirectoryOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";

    public FileContent? Find(string path) => _names.GetValueOrDefault(path);

    public bool IsDirectory(string path) => path.Length == 0 || (_names.TryGetValue(path, out var file) && file is null);

    public IReadOnlyList<string> List(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        return
        [
            .. _names.Keys
                .Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path.IndexOf('/', prefix.Length) < 0)
                .Select(path => path[prefix.Length..]),
        ];
    }

    public void Add(string path, FileContent? file) => Change(DirectoryOf(path), new NameChange(Removed: null, path, file));

    public void Remove(string path) => Change(DirectoryOf(path), new NameChange(path, Added: null, File: null));

    public void Rename(string source, string target) => Change(DirectoryOf(target), new NameChange(source, target, _names[source]));

    public void SyncDirectory(string directory)
    {
        if (_unsynced.Remove(directory, out var changes))
        {
            changes.ForEach(change => change.Apply(_durable));
        }
    }

    public void SyncAll()
    {
        foreach (var directory in _unsynced.Keys.ToArray())
        {
            SyncDirectory(directory);
        }
    }

    public void LosePower(Func<bool> survives)
    {
        foreach (var changes in _unsynced.Values)
        {
            var lost = new HashSet<string>(StringComparer.Ordinal);
            foreach (var change in changes)
            {
                if (!change.RestsOn(lost) && survives())
                {
                    change.Apply(_durable);
                }
                else
                {
                    change.AddTo(lost);
                }
            }
        }

        _unsynced.Clear();
        _names.Clear();
        foreach (var (path, file) in DurableNames())
        {
            _names.Add(path, file);
        }
    }

    /// <summary>What the medium holds now.</summary>
    public NameTable CloneDurable()
    {
        var clone = new NameTable();
        foreach (var (path, file) in DurableNames())
        {
            var content = file?.CloneDurable();
            clone._names.Add(path, content);
            clone._durable.Add(path, content);
        }

        return clone;
    }

    /// <summary>Every damaged file, but those set aside, with a name that it has, or would have again after a power cut.</summary>
    public IEnumerable<string> DamagedPaths => _names.Concat(_durable)
        .Where(static pair => pair.Value is { IsDamaged: true } && !pair.Key.StartsWith(SetAside, StringComparison.Ordinal))
        .Select(static pair => pair.Key);

    /// <summary>Names whose directories are durable too. A directory comes before what is in it.</summary>
    private Dictionary<string, FileContent?> DurableNames()
    {
        var reachable = new Dictionary<string, FileContent?>(StringComparer.Ordinal);
        foreach (var (path, file) in _durable)
        {
            var directory = DirectoryOf(path);
            if (directory.Length == 0 || reachable.ContainsKey(directory))
            {
                reachable.Add(path, file);
            }
        }

        return reachable;
    }

    private void Change(string directory, NameChange change)
    {
        change.Apply(_names);
        if (!_unsynced.TryGetValue(directory, out var changes))
        {
            _unsynced[directory] = changes = [];
        }

        changes.Add(change);
    }

    private sealed record NameChange(string? Removed, string? Added, FileContent? File)
    {
        public void Apply(SortedDictionary<string, FileContent?> names)
        {
            if (Removed is not null)
            {
                names.Remove(Removed);
            }

            if (Added is not null)
            {
                names[Added] = File;
            }
        }

        public bool RestsOn(HashSet<string> names) => (Removed is not null && names.Contains(Removed)) || (Added is not null && names.Contains(Added));

        public void AddTo(HashSet<string> names)
        {
            names.Add(Removed ?? Added!);
            names.Add(Added ?? Removed!);
        }
    }
}
