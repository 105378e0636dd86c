namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// Keys and values in the order they were written. Spelling is kept: a variable reference must match a key exactly,
/// while options are looked up without regard to case. A repeated key replaces the earlier one silently.
/// </summary>
public sealed record ConfigMap : ConfigValue
{
    private readonly List<ConfigEntry> _entries = [];

    public override string Kind => "map";

    public IReadOnlyList<ConfigEntry> Entries => _entries;

    /// <summary>Adds an entry in place of one with the same spelling.</summary>
    public void Set(ConfigEntry entry)
    {
        _entries.RemoveAll(existing => string.Equals(existing.Key, entry.Key, StringComparison.Ordinal));
        _entries.Add(entry);
    }

    /// <summary>The entry with exactly this spelling.</summary>
    public ConfigEntry? Find(string key) =>
        _entries.Find(entry => string.Equals(entry.Key, key, StringComparison.Ordinal));

    /// <summary>The last entry with this name in any case.</summary>
    public ConfigEntry? FindIgnoringCase(string key) =>
        _entries.FindLast(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));
}
