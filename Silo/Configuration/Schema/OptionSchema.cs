namespace Bayou.Silo.Configuration.Schema;

/// <summary>The options of one block, found by name or alias in any case.</summary>
/// <typeparam name="T">What the options set.</typeparam>
public sealed class OptionSchema<T> : IOptionNames
{
    private readonly Dictionary<string, ConfigOption<T>> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A block of these options. Where two share a name, the earlier one has it.</summary>
    public OptionSchema(params IEnumerable<ConfigOption<T>> options)
    {
        Options = [.. options];
        foreach (var option in Options)
        {
            _byName.TryAdd(option.Name, option);
            foreach (var alias in option.Aliases)
                _byName.TryAdd(alias, option);
        }
    }

    public IReadOnlyList<ConfigOption<T>> Options { get; }

    public IEnumerable<IOptionName> Names => Options;

    public ConfigOption<T>? Find(string key) => _byName.GetValueOrDefault(key);

    public IOptionName? FindName(string key) => Find(key);

    /// <summary>These options and, under names not taken, those of another block.</summary>
    public OptionSchema<T> With(OptionSchema<T> other) => new(Options.Concat(other.Options));
}
