namespace Bayou.Mutants.Weaver;

/// <summary>A piece of a source file, and what takes its place.</summary>
/// <param name="Line">Where the fault's file says so.</param>
/// <param name="File">The source file, relative to the root of the sources.</param>
/// <param name="Old">Must occur exactly once.</param>
/// <param name="New">Says the same as long as <see cref="FaultFile.Condition"/> is false.</param>
public sealed record FaultEdit(int Line, string File, string Old, string New);
