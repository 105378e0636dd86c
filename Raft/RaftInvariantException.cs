namespace Bayou.Raft;

/// <summary>
/// A rule that the algorithm rests on does not hold: storage lost what it had promised, or there is a fault in the core.
/// The replica must stop; it may neither vote nor answer any more.
/// </summary>
public sealed class RaftInvariantException : Exception
{
    /// <summary>Says which rule is broken.</summary>
    public RaftInvariantException(string message) : base(message)
    {
    }

    /// <summary>Says which rule is broken, and by what.</summary>
    public RaftInvariantException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>An unnamed rule.</summary>
    public RaftInvariantException()
    {
    }
}
