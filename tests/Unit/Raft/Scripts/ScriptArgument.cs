namespace Bayou.Unit.Raft.Scripts;

/// <summary>An argument; a bare word has no values.</summary>
internal sealed record ScriptArgument(string Key, IReadOnlyList<string> Values);
