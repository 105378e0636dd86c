using System.CommandLine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Command;

/// <summary>Options that say what is run.</summary>
internal sealed class CommonOptions(IMutantSwitch mutants)
{
    public const int DefaultEvents = 10_000;

    private readonly Option<int> _events = new("--events") { Description = "Events of a run before its faults end", DefaultValueFactory = static _ => DefaultEvents };
    private readonly Option<string> _program = new("--program") { Description = "What the machines run", DefaultValueFactory = static _ => SimulationCommand.Kinds[0].Name };
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Switches on a fault that was built in on purpose" };

    public void AddTo(System.CommandLine.Command command)
    {
        _program.AcceptOnlyFromAmong([.. SimulationCommand.Kinds.Select(static kind => kind.Name)]);
        _mutant.AcceptOnlyFromAmong([.. mutants.All.Select(static mutant => mutant.Name)]);
        command.Options.Add(_events);
        command.Options.Add(_program);
        if (mutants.All.Count > 0)
        {
            command.Options.Add(_mutant);
        }
    }

    public int Events(ParseResult parse) => parse.GetValue(_events);

    public IProgramKind Kind(ParseResult parse) => SimulationCommand.Kinds.First(kind => kind.Name == parse.GetValue(_program));

    /// <summary>Switches on the fault that the command line names.</summary>
    public void ActivateMutant(ParseResult parse) => mutants.Activate(MutantOf(parse));

    /// <summary>A command line that repeats one run and shows what happens in it.</summary>
    public string ReplayLine(ParseResult parse, int seed) =>
        $"dotnet run --project {mutants.Project} -c Release -- {ReplayVerb.Name} --seed {seed} --trace"
        + (Events(parse) == DefaultEvents ? "" : $" --events {Events(parse)}")
        + (Kind(parse) == SimulationCommand.Kinds[0] ? "" : $" --program {Kind(parse).Name}")
        + (MutantOf(parse) is { } mutant ? $" --mutant {mutant.Name}" : "");

    private Mutant? MutantOf(ParseResult parse) =>
        mutants.All.Count > 0 && parse.GetValue(_mutant) is { } name ? mutants.All.First(mutant => mutant.Name == name) : null;
}
