namespace Bayou.Simulation.Command;

/// <summary>The program as it is.</summary>
public sealed class NoMutants : IMutantSwitch
{
    public string Project => "tests/Simulation";

    public IEnumerable<(string Name, string Title, string[] NoticedBy)> All => [];

    public void Activate(string name) => throw new ArgumentException($"There is no mutant {name}.");

    public void Deactivate()
    {
        // Nothing is ever on.
    }
}
