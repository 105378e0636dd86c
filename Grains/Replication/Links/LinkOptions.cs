using System.Net;

namespace Bayou.Grains.Replication.Links;

/// <summary>How this silo talks to the other silos of its cluster.</summary>
public sealed record LinkOptions
{
    /// <summary>The streaming cluster's id; a silo of another cluster is turned away.</summary>
    public required string ClusterId { get; init; }

    /// <summary>This silo's name among its peers.</summary>
    public required string Name { get; init; }

    /// <summary>Where to listen. Port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Bytes that may wait to be sent on one lane to one peer; what comes on top is dropped, and consensus sends it again. Default 64 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 64 << 20;

    /// <summary>Largest frame that is taken, in bytes. A snapshot of the metadata must fit. Default 256 MiB.</summary>
    public int MaxFrameBytes { get; init; } = 256 << 20;

    /// <summary>How long a connection attempt, and the greeting after it, may take. Default 1 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts to reach a peer. Default 500 ms.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(500);
}
