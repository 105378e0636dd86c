using System.CommandLine;

namespace Bayou.Simulation.Command;

/// <summary>Lists the faults that can be switched on.</summary>
internal static class MutantsVerb
{
    public const string Name = "mutants";

    public static System.CommandLine.Command Create(IMutantSwitch mutants)
    {
        var command = new System.CommandLine.Command(Name, "List the faults that are built into this program");
        command.SetAction(_ =>
        {
            foreach (var (name, title, _) in mutants.All)
            {
                Console.WriteLine($"{name,-32} {title}");
            }
        });
        return command;
    }
}
