using Bayou.Grains.Channels;
using Bayou.Grains.Replication.Peers;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>What every replica of a silo works with.</summary>
internal sealed record ReplicaServices(
    SiloStore Store,
    TimeProvider Time,
    Random Random,
    PeerDirectory Peers,
    PeerLiveness Liveness,
    IReplicaScheduler Scheduler,
    ReplicationOptions Options,
    IReplicationObserver Observer)
{
    private readonly long _origin = Time.GetTimestamp();

    /// <summary>Channels that this silo leads.</summary>
    public LeaderCount Led { get; } = new();

    /// <summary>Checkpoints that are wanted before they are due.</summary>
    public CheckpointRequests Checkpoints { get; } = new();

    /// <summary>The way to channels that other silos lead.</summary>
    public PublishForwarder Forwarder { get; } = new(Time, Peers, Liveness);

    /// <summary>Time since the start, in ticks of 100 ns; never goes back.</summary>
    public long Now => Time.GetElapsedTime(_origin).Ticks;

    /// <summary>This silo's wall clock agrees with the others': what it shows may decide about the age of messages.</summary>
    public bool IsClockTrusted => Liveness.OwnClockAhead().Duration() <= Options.MaxClockDeviation;
}
