using System.Net;
using Bayou.ClusterTests.Hosting;

namespace Bayou.ClusterTests.Chaos;

/// <summary>A kind of server that keeps messages in channels, as far as the faults and the checker need to know it.</summary>
internal interface IChaosTarget
{
    string Name { get; }

    /// <summary>Writes the configuration of a node among others.</summary>
    ClusterNode Prepare(string directory, NodeSettings node, IReadOnlyList<NodeSettings> nodes);

    /// <summary>Has the channels made.</summary>
    Task OpenChannelsAsync(IReadOnlyList<IPEndPoint> servers, IReadOnlyList<string> channels);

    /// <summary>A publisher's session; it goes from server to server as they fail.</summary>
    Task<IChaosPublisher> ConnectAsync(string name, IReadOnlyList<IPEndPoint> servers);

    /// <summary>Reads a channel through one server from its first message to a given one, or as far as it goes if that is null.</summary>
    Task ReplayAsync(IPEndPoint server, string channel, byte[]? until, Action<ulong, ReadOnlyMemory<byte>> onMessage);

    /// <summary>What a stopped node has on its disk of every channel; null where only the server itself can read that.</summary>
    IEnumerable<StoredChannel>? ReadDisk(ClusterNode node);

    /// <summary>Waits until a running node has looked for damage on its whole disk, and again after what it found.</summary>
    Task ScrubAsync(ClusterNode node);
}
