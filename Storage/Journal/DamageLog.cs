namespace Bayou.Storage.Journal;

/// <summary>Where recovery goes with what it finds: with one policy it ends there, with the other the operator is told.</summary>
internal sealed class DamageLog(DamagePolicy policy, Action<string> log)
{
    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);

    public DamagePolicy Policy => policy;

    /// <summary>Files in which something was found.</summary>
    public IReadOnlyCollection<string> Files => _files;

    public void Found(StorageCorruptException damage)
    {
        if (policy == DamagePolicy.Refuse)
        {
            throw damage;
        }

        _files.Add(damage.Path);
        log($"{damage.Message}.");
    }
}
