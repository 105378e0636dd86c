using System.CommandLine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Command;

/// <summary>Runs many seeds and prints what happened in them.</summary>
internal sealed class RunVerb
{
    public const string Name = "run";

    private readonly CommonOptions _common;
    private readonly Option<int> _firstSeed = new("--first-seed") { Description = "The first seed", DefaultValueFactory = static _ => 1 };
    private readonly Option<int> _seeds = new("--seeds") { Description = "How many seeds", DefaultValueFactory = static _ => 1000 };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Runs side by side", DefaultValueFactory = static _ => Environment.ProcessorCount };

    private RunVerb(IMutantSwitch mutants) => _common = new CommonOptions(mutants);

    public static System.CommandLine.Command Create(IMutantSwitch mutants)
    {
        var verb = new RunVerb(mutants);
        var command = new System.CommandLine.Command(Name, "Run many seeds; every failure comes with the command line that repeats it");
        command.Options.Add(verb._firstSeed);
        command.Options.Add(verb._seeds);
        command.Options.Add(verb._jobs);
        verb._common.AddTo(command);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        _common.ActivateMutant(parse);
        var startedAt = TimeProvider.System.GetTimestamp();
        var batch = new SimulationBatch(_common.Kind(parse), _common.Events(parse))
        {
            Finished = result => Print(parse, result),
        };
        var report = batch.Execute(parse.GetValue(_firstSeed), parse.GetValue(_seeds), parse.GetValue(_jobs));
        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        Console.Write(report.ToTable());
        Console.WriteLine($"{seconds:F1} s, {report.RunCount / seconds:F1} seeds a second");
        foreach (var missing in report.Missing)
        {
            Console.WriteLine($"{missing} never happened.");
        }

        return report.IsGood ? 0 : 1;
    }

    private void Print(ParseResult parse, RunResult result)
    {
        if (result.Failure is { } failure)
        {
            Console.WriteLine($"Seed {result.Seed} fails: {failure.Message}");
            Console.WriteLine(_common.ReplayLine(parse, result.Seed));
        }
    }
}
