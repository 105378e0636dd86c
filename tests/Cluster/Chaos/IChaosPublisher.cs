namespace Bayou.ClusterTests.Chaos;

/// <summary>A session that publishes.</summary>
internal interface IChaosPublisher : IAsyncDisposable
{
    /// <summary>
    /// Publishes some messages over one connection; a burst that was spread over two would have no order. For each the sequence if it was acknowledged,
    /// 0 where the acknowledgement names none; null if nobody can say what became of it. An answer that never comes is waited for without end.
    /// </summary>
    IEnumerable<Task<ulong?>> Publish(string channel, IReadOnlyList<byte[]> payloads);

    /// <summary>The next publish goes over another connection.</summary>
    void Drop();

    /// <summary>A connection was lost, with all that was in flight on it.</summary>
    event Action? Interrupted;
}
