namespace Bayou.Simulation.Swarm;

/// <summary>What the clients of a run do.</summary>
public sealed record WorkloadPlan
{
    public required int Gateways { get; init; }

    /// <summary>Connections of each gateway.</summary>
    public required int Connections { get; init; }

    /// <summary>Batches that a gateway has under way to one channel.</summary>
    public required int Window { get; init; }

    /// <summary>Publishes that a connection has without an answer; 1 for one that waits each time.</summary>
    public required int Outstanding { get; init; }

    /// <summary>Time between two publishes of one connection on average.</summary>
    public required TimeSpan PublishInterval { get; init; }

    /// <summary>Messages published together at most.</summary>
    public required int Burst { get; init; }

    /// <summary>Bytes of a payload at most.</summary>
    public required int MaxPayloadBytes { get; init; }

    /// <summary>The newest messages of a channel that are kept; 0 for all.</summary>
    public required int MaxMessages { get; init; }

    /// <summary>How old a message may become; zero for as old as it likes.</summary>
    public required TimeSpan MaxAge { get; init; }

    /// <summary>How long a channel may go unused before it ends; zero for as long as it likes. No seed draws it: histories know channels without end.</summary>
    public TimeSpan MaxInactivity { get; init; }

    /// <summary>Time between two purges of some channel by an operator on average; zero for none.</summary>
    public TimeSpan PurgeInterval { get; init; }

    /// <summary>So many of the newest messages are there in any case; null if all are.</summary>
    public ulong? Keeps => MaxAge > TimeSpan.Zero ? 0 : MaxMessages > 0 ? (ulong)MaxMessages : null;

    /// <summary>Time between two looks of a reader at some channel of some silo.</summary>
    public required TimeSpan ReadInterval { get; init; }

    public static WorkloadPlan Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new WorkloadPlan
        {
            Gateways = random.Next(1, 4),
            Connections = random.Next(1, 4),
            Window = random.Next(3) == 0 ? 1 : random.Next(2, 17),
            Outstanding = random.Next(3) == 0 ? 1 : random.Next(2, 65),
            PublishInterval = TimeSpan.FromMilliseconds(random.Next(3) switch { 0 => 20, 1 => 80, _ => 300 }),
            Burst = random.Next(2) == 0 ? 1 : random.Next(2, 9),
            MaxPayloadBytes = random.Next(4) switch { 0 => 64, 1 or 2 => 1000, _ => 12_000 },
            MaxMessages = random.Next(3) == 0 ? random.Next(5, 100) : 0,
            MaxAge = random.Next(4) == 0 ? TimeSpan.FromSeconds(1 + (30 * random.NextDouble())) : TimeSpan.Zero,
            ReadInterval = TimeSpan.FromMilliseconds(500 + random.Next(1500)),
        };
    }

    public override string ToString() =>
        $"{Gateways} gateways of {Connections} connections, window {Window}, outstanding {Outstanding}, publish each {PublishInterval.TotalMilliseconds} ms up to {Burst} of {MaxPayloadBytes} bytes"
        + (MaxMessages > 0 ? $", keep {MaxMessages}" : "") + (MaxAge > TimeSpan.Zero ? $", for {MaxAge.TotalSeconds:F1} s" : "")
        + (PurgeInterval > TimeSpan.Zero ? $", a purge each {PurgeInterval.TotalSeconds} s" : "");
}
