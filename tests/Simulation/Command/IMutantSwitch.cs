namespace Bayou.Simulation.Command;

/// <summary>Faults that were built into the program under test and can be switched on, if this build has any.</summary>
public interface IMutantSwitch
{
    /// <summary>The project that builds the program, for command lines.</summary>
    string Project { get; }

    /// <summary>All of them, in order of their names.</summary>
    IReadOnlyList<Mutant> All { get; }

    /// <summary>Switches one fault on, for the whole process, and any other off; null for none.</summary>
    void Activate(Mutant? mutant);
}
