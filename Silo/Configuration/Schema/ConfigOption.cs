using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>One option: its names, its type, and what it sets.</summary>
/// <typeparam name="T">What it sets.</typeparam>
public sealed record ConfigOption<T> : IOptionName
{
    public required string Name { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public required OptionType Type { get; init; }

    public OptionEffect Effect { get; init; }

    /// <summary>Smallest number it takes.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>Largest number it takes.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    public IOptionNames? Children { get; init; }

    /// <summary>Lays the value of an entry over what is set so far.</summary>
    public required Func<T, ConfigEntry, SchemaReader, T> Apply { get; init; }

    /// <summary>The same option under more names.</summary>
    public ConfigOption<T> Or(params string[] aliases) => this with { Aliases = aliases };

    /// <summary>The same option with a range.</summary>
    public ConfigOption<T> Within(long minimum, long maximum) => this with { Minimum = minimum, Maximum = maximum };
}
