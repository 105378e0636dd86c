namespace Bayou.Simulation.Network;

/// <summary>How bad the network is. The default is a good one.</summary>
public sealed record NetworkConditions
{
    /// <summary>A network without faults.</summary>
    public static readonly NetworkConditions Good = new();

    /// <summary>Part of the frames that are lost.</summary>
    public double Loss { get; init; }

    /// <summary>Part of the frames that arrive twice; of those, part comes again much later.</summary>
    public double Duplication { get; init; }

    /// <summary>How long those take on average. Default 300 ms.</summary>
    public TimeSpan MeanLateness { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Part of the frames that others of their lane overtake.</summary>
    public double Reordering { get; init; }

    /// <summary>No frame is faster. Default 0.1 ms.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>What a frame takes beyond that on average, drawn exponentially. Default 0.2 ms.</summary>
    public TimeSpan MeanExtraDelay { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Bytes a second that the bulk lane of a link carries. Default 100 MB/s.</summary>
    public double BulkBytesPerSecond { get; init; } = 100e6;

    /// <summary>How long it takes to notice that a peer does not answer, as against a process that is gone. Default 700 ms.</summary>
    public TimeSpan SilenceNoticed { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>How long at most until a link that could be up is up. Default 50 ms.</summary>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromMilliseconds(50);
}
