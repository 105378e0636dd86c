namespace Bayou.Silo.Configuration.Schema;

/// <summary>An option's name, whatever it sets.</summary>
public interface IOptionName
{
    /// <summary>The name that documentation and messages use.</summary>
    string Name { get; }

    /// <summary>Other names for the same.</summary>
    IReadOnlyList<string> Aliases { get; }

    /// <summary>What kind of value it takes.</summary>
    OptionType Type { get; }

    /// <summary>Whether setting it does something today.</summary>
    OptionEffect Effect { get; }

    /// <summary>The options inside, where it is a block.</summary>
    IOptionNames? Children { get; }
}
