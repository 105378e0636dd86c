namespace Bayou.Simulation.Command;

/// <summary>Faults that were built into the program under test and can be switched on, if this build has any.</summary>
public interface IMutantSwitch
{
    /// <summary>The project that builds the program, for command lines.</summary>
    string Project { get; }

    /// <summary>Switches one fault on, for the whole process, and any other off.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    void Activate(string name);

    /// <summary>Switches off what is on.</summary>
    void Deactivate();

    /// <summary>The names of all, each with what it does, and with texts of which a failure says one if it is this fault that was noticed.</summary>
    IEnumerable<(string Name, string Title, string[] NoticedBy)> All { get; }
}
