using Bayou.Grains.Replication.Peers;
using Bayou.Simulation.Network;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Hosting;

/// <summary>The links of a silo over the virtual network.</summary>
internal sealed class SimulatedPeers(SiloEnvironment environment) : IPeerNetwork
{
    public void Send(string peer, PeerLane lane, ReadOnlyMemory<byte> frame) => environment.Send(
        peer,
        lane switch
        {
            PeerLane.Control => Lane.Control,
            PeerLane.Append => Lane.Append,
            _ => Lane.Bulk,
        },
        frame);
}
