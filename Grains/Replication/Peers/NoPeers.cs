namespace Bayou.Grains.Replication.Peers;

/// <summary>The network of a server alone.</summary>
internal sealed class NoPeers : IPeerNetwork
{
    public static readonly NoPeers Instance = new();

    public void Send(string peer, PeerLane lane, ReadOnlyMemory<byte> frame) =>
        throw new InvalidOperationException($"There is no peer {peer}: this server is alone.");
}
