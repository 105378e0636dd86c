using Bayou.Simulation.Command;

namespace Bayou.Mutants;

/// <summary>The faults that the weaver built in.</summary>
internal sealed class WovenMutants : IMutantSwitch
{
    public string Project => "tests/Mutants";

    public IReadOnlyList<Mutant> All { get; } = [.. Mutation.All.Select(static mutant => new Mutant(mutant.Name, mutant.Title, mutant.NoticedBy))];

    public void Activate(Mutant? mutant) => Mutation.Active = mutant is null ? 0 : Mutation.All.ToList().FindIndex(known => known.Name == mutant.Name) + 1;
}
