using Bayou.Simulation.Command;

namespace Bayou.Mutants;

/// <summary>The faults that the weaver built in.</summary>
internal sealed class WovenMutants : IMutantSwitch
{
    public string Project => "tests/Mutants";

    public IEnumerable<(string Name, string Title)> All => Mutation.All;

    public bool TryActivate(string name)
    {
        for (var i = 0; i < Mutation.All.Count; i++)
        {
            if (Mutation.All[i].Name == name)
            {
                Mutation.Active = i + 1;
                return true;
            }
        }

        return false;
    }
}
