namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Carries frames between the replica hosts of a cluster, which are addressed by their configured names. It may lose, repeat and
/// reorder frames; it must not change them unnoticed. What arrives goes to <see cref="ReplicaHost.Receive"/>, and a peer that is known
/// to be gone to <see cref="ReplicaHost.OnLinkDown"/>.
/// </summary>
public interface IPeerNetwork
{
    /// <summary>
    /// Sends a frame, or drops it where that would mean to wait. Never blocks; any thread. The bytes are the caller's again when
    /// the call returns.
    /// </summary>
    void Send(string peer, PeerLane lane, ReadOnlyMemory<byte> frame);
}
