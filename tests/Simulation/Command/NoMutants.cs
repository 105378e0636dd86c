namespace Bayou.Simulation.Command;

/// <summary>The program as it is.</summary>
public sealed class NoMutants : IMutantSwitch
{
    public string Project => "tests/Simulation";

    public IReadOnlyList<Mutant> All => [];

    public void Activate(Mutant? mutant)
    {
        // There is never one to switch on.
    }
}
