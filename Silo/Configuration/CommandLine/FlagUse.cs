namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>A flag as it was given.</summary>
/// <param name="Flag">Which one.</param>
/// <param name="Spelling">How it was written, with its dashes.</param>
/// <param name="Value">Its argument; <c>true</c> or <c>false</c> for a switch.</param>
internal sealed record FlagUse(Flag Flag, string Spelling, string Value);
