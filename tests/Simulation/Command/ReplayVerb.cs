using System.CommandLine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Command;

/// <summary>Runs one seed and shows what happens in it.</summary>
internal sealed class ReplayVerb
{
    public const string Name = "replay";

    private readonly CommonOptions _common;
    private readonly Option<int> _seed = new("--seed") { Description = "The seed", Required = true };
    private readonly Option<bool> _trace = new("--trace") { Description = "Print every step" };
    private readonly Option<bool> _frames = new("--frames") { Description = "With --trace: print the frames between silos as well" };

    private ReplayVerb(IMutantSwitch mutants) => _common = new CommonOptions(mutants);

    public static System.CommandLine.Command Create(IMutantSwitch mutants)
    {
        var verb = new ReplayVerb(mutants);
        var command = new System.CommandLine.Command(Name, "Run one seed; the last line is a hash over everything that happened");
        command.Options.Add(verb._seed);
        command.Options.Add(verb._trace);
        command.Options.Add(verb._frames);
        verb._common.AddTo(command);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        _common.ActivateMutant(parse);
        using var output = parse.GetValue(_trace) ? new TraceWriter(Console.Out, parse.GetValue(_frames)) : null;
        var result = SimulationRun.Execute(parse.GetValue(_seed), _common.Kind(parse), _common.Events(parse), output);
        Console.WriteLine(result.Plan);
        if (result.Failure is { } failure)
        {
            Console.WriteLine(failure);
        }

        Console.WriteLine($"{result.Events} events, {result.Time.TotalSeconds:F1} virtual seconds, {(result.Failure is null ? "clean" : "FAILED")}, hash {result.Hash:x16}");
        return result.Failure is null ? 0 : 1;
    }
}
