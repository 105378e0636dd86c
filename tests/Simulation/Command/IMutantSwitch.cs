namespace Bayou.Simulation.Command;

/// <summary>Faults that were built into the program under test and can be switched on, if this build has any.</summary>
public interface IMutantSwitch
{
    /// <summary>The project that builds the program, for command lines.</summary>
    string Project { get; }

    /// <summary>Switches one fault on, for the whole process; false if there is none of this name.</summary>
    bool TryActivate(string name);

    /// <summary>The names of all, each with what it does.</summary>
    IEnumerable<(string Name, string Title)> All { get; }
}
