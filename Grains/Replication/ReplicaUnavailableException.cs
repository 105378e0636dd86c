namespace Bayou.Grains.Replication;

/// <summary>
/// A group cannot take a proposal here and now, or cannot say what became of one. To the caller of a grain it is a call that failed, as
/// others of Orleans.
/// </summary>
[GenerateSerializer, Alias("Bayou.ReplicaUnavailableException")]
public sealed class ReplicaUnavailableException : OrleansException
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

    internal static ReplicaUnavailableException Ended(string channel) =>
        new($"Channel {channel} has ended.") { Reason = ReplicaUnavailability.Ended };

    /// <summary>Why; it decides what the caller tries next.</summary>
    [Id(0)] public ReplicaUnavailability Reason { get; init; } = ReplicaUnavailability.Unknown;

    /// <summary>The name of the silo that leads the group, as far as this one knows.</summary>
    [Id(1)] public string? Leader { get; init; }
}
