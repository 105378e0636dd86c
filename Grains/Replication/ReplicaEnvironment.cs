using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Replication;

/// <summary>Everything that a replica host does not decide by itself: time, chance, the network and threads. The disk is the store's.</summary>
public sealed record ReplicaEnvironment
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required IPeerNetwork Network { get; init; }

    public required IReplicaScheduler Scheduler { get; init; }

    /// <summary>Draws election timeouts and the like; the same seed and the same events give the same run.</summary>
    public required Random Random { get; init; }

    /// <summary>Groups are spread over this many workers, each of which runs on one thread at a time.</summary>
    public required int Workers { get; init; }

    internal IReplicationObserver Observer { get; init; } = new Unobserved();

    /// <summary>Pool threads, one worker per core.</summary>
    /// <param name="network">Null for a server alone.</param>
    /// <param name="time">The clock.</param>
    public static ReplicaEnvironment Of(IPeerNetwork? network, TimeProvider time) => new()
    {
        Time = time,
        Network = network ?? NoPeers.Instance,
        Scheduler = PoolScheduler.Instance,
        Random = new Random(),
        Workers = Environment.ProcessorCount,
    };

    private sealed class Unobserved : IReplicationObserver;
}
