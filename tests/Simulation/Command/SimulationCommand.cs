using System.CommandLine;

namespace Bayou.Simulation.Command;

/// <summary>The verbs of the simulation.</summary>
public static class SimulationCommand
{
    /// <summary>The kinds of programs that can be run, by name; the first is the default.</summary>
    public static IReadOnlyList<Run.IProgramKind> Kinds { get; } = [new Hosting.HostKind(), new StandIn.StandInKind()];

    /// <summary>Whether a command line is for this command rather than for the test runner.</summary>
    public static bool Handles(IReadOnlyList<string> args) => args is [RunVerb.Name or ReplayVerb.Name or MutantsVerb.Name or HuntVerb.Name or "--help" or "-h", ..];

    /// <summary>Runs a command line; 0 if nothing failed.</summary>
    public static int Invoke(IReadOnlyList<string> args, IMutantSwitch mutants)
    {
        var root = new RootCommand("Runs replica hosts on virtual disks, networks and clocks. Everything in a run follows from its seed.");
        root.Subcommands.Add(RunVerb.Create(mutants));
        root.Subcommands.Add(ReplayVerb.Create(mutants));
        root.Subcommands.Add(MutantsVerb.Create(mutants));
        if (mutants.All.Count > 0)
        {
            root.Subcommands.Add(HuntVerb.Create(mutants));
        }

        return root.Parse(args).Invoke();
    }
}
