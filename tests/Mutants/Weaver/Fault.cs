namespace Bayou.Mutants.Weaver;

/// <summary>A fault to be built into the sources so that it can be switched on: one or more edits.</summary>
/// <param name="Path">The file that describes it.</param>
/// <param name="Name">The name of that file: how it is called on the command line.</param>
/// <param name="Title">What the program does wrong.</param>
/// <param name="NoticedBy">Texts that a failure says one of, if it is this fault that was noticed and not something else.</param>
/// <param name="Edits">What is changed.</param>
public sealed record Fault(string Path, string Name, string Title, IReadOnlyList<string> NoticedBy, IReadOnlyList<FaultEdit> Edits);
