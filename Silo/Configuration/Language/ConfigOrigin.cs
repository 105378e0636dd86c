namespace Bayou.Silo.Configuration.Language;

/// <summary>
/// Where a setting was written: a place in a file (lines and columns count from 1), or, without a line, the name of a
/// command line flag or an environment variable. Every message about a setting begins with it.
/// </summary>
public readonly record struct ConfigOrigin(string Source, int Line = 0, int Column = 0)
{
    /// <summary>Nowhere in particular: a default.</summary>
    public static readonly ConfigOrigin None = new("");

    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
