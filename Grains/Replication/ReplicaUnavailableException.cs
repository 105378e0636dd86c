namespace Bayou.Grains.Replication;

/// <summary>A group cannot take a proposal now, or cannot say what became of one.</summary>
public sealed class ReplicaUnavailableException : Exception
{
    public ReplicaUnavailableException()
    {
    }

    public ReplicaUnavailableException(string message)
        : base(message)
    {
    }

    public ReplicaUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
