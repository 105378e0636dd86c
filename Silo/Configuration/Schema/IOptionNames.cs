namespace Bayou.Silo.Configuration.Schema;

/// <summary>The names of a block's options, whatever they set.</summary>
public interface IOptionNames
{
    /// <summary>Every option of the block.</summary>
    IEnumerable<IOptionName> Names { get; }

    /// <summary>The option of this name or alias, in any case; null where there is none.</summary>
    IOptionName? FindName(string key);
}
