namespace Bayou.Simulation.Swarm;

/// <summary>Who receives in a run, and how badly. Half of the runs have no subscribers: their channels may sleep.</summary>
public sealed record SubscribersPlan
{
    public static readonly SubscribersPlan None = new();

    public IReadOnlyList<Subscriber> Subscribers { get; init; } = [];

    /// <summary>Part of the deliveries that are lost, or whose answers are.</summary>
    public double LossRate { get; init; }

    /// <summary>Part of the messages that a subscriber does not acknowledge when it gets them.</summary>
    public double ForgottenRate { get; init; }

    /// <summary>How long a subscriber has to do with a delivery at most, before it acknowledges.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>How long a subscriber stays on average.</summary>
    public TimeSpan Stay { get; init; }

    /// <summary>How long it is away on average.</summary>
    public TimeSpan Absence { get; init; }

    /// <summary>Draws subscribers of some of the channels.</summary>
    public static SubscribersPlan Draw(Random random, int channels)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (random.Next(2) == 0)
        {
            return None;
        }

        var subscribers = new List<Subscriber>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var kind = (SubscriberKind)random.Next(4);
            var one = new Subscriber(
                random.Next(Math.Min(channels, 4)),
                kind,
                Name: $"s{i}",
                MaxInFlight: random.Next(4) switch { 0 => 1, 1 => random.Next(2, 9), _ => 64 },
                AckWait: TimeSpan.FromSeconds(random.Next(1, 4)));
            var members = kind is SubscriberKind.Group or SubscriberKind.DurableGroup ? random.Next(1, 4) : 1;
            subscribers.AddRange(Enumerable.Repeat(one, members));
        }

        return new SubscribersPlan
        {
            Subscribers = subscribers,
            LossRate = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.05,
            ForgottenRate = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.3,
            Work = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 1000 : 20),
            Stay = TimeSpan.FromSeconds(random.Next(3) switch { 0 => 1000, 1 => 10, _ => 2 }),
            Absence = TimeSpan.FromSeconds(random.Next(2) == 0 ? 0.2 : 3),
        };
    }

    public override string ToString() => Subscribers.Count == 0
        ? "no subscribers"
        : $"subscribers: {string.Join(", ", Subscribers)}, working {Work.TotalMilliseconds} ms, staying {Stay.TotalSeconds} s, away {Absence.TotalSeconds} s, {LossRate:P0} lost, {ForgottenRate:P0} forgotten";

    /// <param name="Channel">Number of its channel.</param>
    /// <param name="Kind">What it subscribes to.</param>
    /// <param name="Name">Of its durable or group; members of one group have the same.</param>
    /// <param name="MaxInFlight">Messages that it has unacknowledged at most.</param>
    /// <param name="AckWait">When it gets an unacknowledged message again.</param>
    public sealed record Subscriber(int Channel, SubscriberKind Kind, string Name, int MaxInFlight, TimeSpan AckWait)
    {
        public bool IsGroup => Kind is SubscriberKind.Group or SubscriberKind.DurableGroup;

        public bool IsDurable => Kind is SubscriberKind.Durable or SubscriberKind.DurableGroup;

        public override string ToString() => $"{Kind} {Name} of c{Channel + 1} with {MaxInFlight} in flight for {AckWait.TotalSeconds} s";
    }
}
