namespace Bayou.Simulation.Run;

/// <summary>A run has shown a fault of the program it runs.</summary>
public sealed class SimulationFailureException : Exception
{
    public SimulationFailureException()
    {
    }

    public SimulationFailureException(string message)
        : base(message)
    {
    }

    public SimulationFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
