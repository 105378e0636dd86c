using System.CommandLine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Command;

/// <summary>
/// Looks for the first seed that shows each of the faults that are built in, and keeps the table of them: the one command to be run when a
/// change of the program has shifted its runs.
/// </summary>
internal sealed class HuntVerb
{
    public const string Name = "hunt";

    private readonly IMutantSwitch _mutants;
    private readonly Option<string[]> _only = new("--mutant") { Description = "Only this one; may be repeated", DefaultValueFactory = static _ => [] };
    private readonly Option<int> _seeds = new("--seeds") { Description = "How many seeds a fault may live through", DefaultValueFactory = static _ => MutantHunt.DefaultSeeds };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Runs side by side", DefaultValueFactory = static _ => Environment.ProcessorCount };
    private readonly Option<string?> _table = new("--table") { Description = "A document whose table of mutants is brought up to date" };

    private HuntVerb(IMutantSwitch mutants) => _mutants = mutants;

    public static System.CommandLine.Command Create(IMutantSwitch mutants)
    {
        var verb = new HuntVerb(mutants);
        var command = new System.CommandLine.Command(Name, "Find the first seed that shows each built-in fault");
        verb._only.AcceptOnlyFromAmong([.. mutants.All.Select(static mutant => mutant.Name)]);
        command.Options.Add(verb._only);
        command.Options.Add(verb._seeds);
        command.Options.Add(verb._jobs);
        command.Options.Add(verb._table);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        var hunt = new MutantHunt(_mutants, parse.GetValue(_jobs));
        var only = parse.GetValue(_only)!;
        var survivors = 0;
        foreach (var mutant in _mutants.All.Where(mutant => only.Length == 0 || only.Contains(mutant.Name, StringComparer.Ordinal)))
        {
            if (hunt.Find(mutant, parse.GetValue(_seeds)) is not { } kill)
            {
                survivors++;
                Console.WriteLine($"{mutant.Name} lives through {parse.GetValue(_seeds)} seeds.");
                continue;
            }

            Console.WriteLine($"{mutant.Name,-32} {kill.Seed,5}  {kill.NoticedBy}");
            if (parse.GetValue(_table) is { } path)
            {
                File.WriteAllLines(path, MutantTable.Put(File.ReadAllLines(path), new MutantTable.Row(mutant.Name, mutant.Title, kill.Seed, kill.NoticedBy)));
            }
        }

        return survivors == 0 ? 0 : 1;
    }
}
