namespace Bayou.ClusterTests.Chaos;

/// <summary>A session that publishes.</summary>
internal interface IChaosPublisher : IAsyncDisposable
{
    /// <summary>
    /// Publishes. The sequence if the message was acknowledged, 0 where the acknowledgement names none; null if nobody can say what
    /// became of it. An answer that never comes is waited for without end.
    /// </summary>
    Task<ulong?> PublishAsync(string channel, byte[] payload);

    /// <summary>The next publish goes over another connection.</summary>
    void Drop();

    /// <summary>A connection was lost, with all that was in flight on it.</summary>
    event Action? Interrupted;
}
