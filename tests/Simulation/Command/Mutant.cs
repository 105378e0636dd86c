namespace Bayou.Simulation.Command;

/// <summary>A fault that was built into the program under test.</summary>
/// <param name="Name">For the command line.</param>
/// <param name="Title">What the program does wrong.</param>
/// <param name="NoticedBy">Texts of which a failure says one, if it is this fault that was noticed and not something else.</param>
public sealed record Mutant(string Name, string Title, IReadOnlyList<string> NoticedBy);
