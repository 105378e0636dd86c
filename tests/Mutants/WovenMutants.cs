using Bayou.Simulation.Command;

namespace Bayou.Mutants;

/// <summary>The faults that the weaver built in.</summary>
internal sealed class WovenMutants : IMutantSwitch
{
    public string Project => "tests/Mutants";

    public IEnumerable<(string Name, string Title, string[] NoticedBy)> All => Mutation.All;

    public void Activate(string name)
    {
        var index = Mutation.All.ToList().FindIndex(mutant => mutant.Name == name);
        Mutation.Active = index >= 0 ? index + 1 : throw new ArgumentException($"There is no mutant {name}.");
    }

    public void Deactivate() => Mutation.Active = 0;
}
