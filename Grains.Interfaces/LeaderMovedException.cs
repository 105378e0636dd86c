namespace Bayou.Grains.Interfaces;

/// <summary>
/// The grain that was called is not where its channel is led, or leadership moved while it was at work. Call again: it will be
/// found elsewhere. Whether the request took effect is unknown, so requests that are repeated must say that they are the same.
/// </summary>
[GenerateSerializer, Alias("Bayou.LeaderMovedException")]
public sealed class LeaderMovedException : OrleansException
{
    public LeaderMovedException()
    {
    }

    public LeaderMovedException(string message)
        : base(message)
    {
    }

    public LeaderMovedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
