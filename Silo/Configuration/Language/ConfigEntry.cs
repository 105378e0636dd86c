namespace Bayou.Silo.Configuration.Language;

/// <summary>A key with its value; <see cref="Origin"/> is where the key stands.</summary>
public sealed class ConfigEntry(string key, ConfigOrigin origin, ConfigValue value)
{
    public string Key { get; } = key;

    public ConfigOrigin Origin { get; } = origin;

    public ConfigValue Value { get; } = value;

    /// <summary>
    /// Whether a <c>$reference</c> read this entry. Such a key is a definition of the operator's own and needs no
    /// option of that name.
    /// </summary>
    public bool IsUsedAsVariable { get; set; }
}
