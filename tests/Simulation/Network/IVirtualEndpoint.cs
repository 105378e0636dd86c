namespace Bayou.Simulation.Network;

/// <summary>Who receives what the network brings to a process.</summary>
public interface IVirtualEndpoint
{
    /// <summary>A frame of a peer arrived; the bytes are the receiver's.</summary>
    void Receive(string peer, ReadOnlyMemory<byte> frame);

    /// <summary>The peer can be reached.</summary>
    void OnLinkUp(string peer);

    /// <summary>The peer's process is gone, or nothing has come through for long.</summary>
    void OnLinkDown(string peer);
}
