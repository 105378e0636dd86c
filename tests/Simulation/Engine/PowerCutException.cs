namespace Bayou.Simulation.Engine;

/// <summary>The process ended in the middle of what it was doing. Nobody catches it but the simulation.</summary>
public sealed class PowerCutException : Exception
{
    public PowerCutException()
        : base("The process has ended.")
    {
    }

    public PowerCutException(string message)
        : base(message)
    {
    }

    public PowerCutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
