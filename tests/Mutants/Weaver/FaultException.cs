namespace Bayou.Mutants.Weaver;

/// <summary>A description of a fault is not understood, or does not fit the sources any more.</summary>
public sealed class FaultException : Exception
{
    public FaultException()
    {
    }

    public FaultException(string message)
        : base(message)
    {
    }

    public FaultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public FaultException(string path, int line, string message)
        : base(message)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file that describes the fault.</summary>
    public string Path { get; } = "";

    public int Line { get; }
}
