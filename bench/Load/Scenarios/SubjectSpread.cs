namespace Bayou.Load.Scenarios;

/// <summary>The subjects of a run: one, or many under a common prefix, which subscribers then take with a wildcard.</summary>
public sealed record SubjectSpread(string Prefix, int Count)
{
    public IEnumerable<string> All() => Count == 1 ? [Prefix] : Enumerable.Range(0, Count).Select(i => $"{Prefix}.{i}");

    public string Pattern => Count == 1 ? Prefix : Prefix + ".*";
}
