namespace Bayou.Unit.Raft.Scripts;

/// <summary>One command of a script: a name, arguments of the forms <c>key</c>, <c>key=value</c> and <c>key=(a,b)</c>, and what it must print.</summary>
internal sealed record ScriptCommand(
    int Line,
    string Name,
    IReadOnlyList<ScriptArgument> Arguments,
    string Input,
    string Expected)
{
    /// <summary>The numbers given without a key.</summary>
    public IEnumerable<ulong> Numbers => Arguments.Where(a => a.Values.Count == 0).Select(a => ulong.Parse(a.Key));

    public ulong Number => Numbers.First();

    public string? Find(string key) => Arguments.FirstOrDefault(a => a.Key == key)?.Values[0];

    public IEnumerable<string> All(string key) => Arguments.Where(a => a.Key == key).SelectMany(a => a.Values);

    public bool IsSet(string key) => Find(key) == "true";
}
