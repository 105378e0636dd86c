namespace Bayou.Grains.Replication;

/// <summary>How replicas keep time and what they hold in memory. The defaults suit silos in one data centre.</summary>
public sealed record ReplicationOptions
{
    /// <summary>Replicas of a new channel, as far as there are silos. Default 3; 1, 3 or 5.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>The unit of time of consensus. Default 100 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Ticks without word from a leader after which a group that is awake elects another; drawn from this to twice this. Default 10.</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>Ticks between a leader's heartbeats to the followers of a group that is awake. Default 2.</summary>
    public int HeartbeatTicks { get; init; } = 2;

    /// <summary>A silo that was silent for so long is taken for dead by the groups that it leads. Default 500 ms.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Ticks without work after which a group goes to sleep. Default 50.</summary>
    public int HibernateTicks { get; init; } = 50;

    /// <summary>How long a proposal waits for a leader before its proposer is told that there is none. Default 2 s.</summary>
    public TimeSpan ProposalTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Applied entries that an awake group keeps in memory for followers that are behind, in bytes. Default 1 MiB.</summary>
    public int RetainedLogBytes { get; init; } = 1 << 20;

    /// <summary>Entries of one message to a follower, in bytes; a larger entry goes alone. Default 256 KiB.</summary>
    public int MaxAppendBytes { get; init; } = 256 << 10;

    /// <summary>A piece of a segment that is fetched at a time, in bytes. Default 256 KiB.</summary>
    public int ChunkBytes { get; init; } = 256 << 10;

    /// <summary>Pieces that are asked for at a time, by one group. Default 4.</summary>
    public int ChunksUnderWay { get; init; } = 4;

    /// <summary>Entries after which the leader has all replicas compare their digests. Default 10,000.</summary>
    public int DigestEntries { get; init; } = 10_000;

    /// <summary>The same in time, for groups with fewer entries. Default one minute.</summary>
    public TimeSpan DigestInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Groups that one worker wakes in one tick when the silo that led them is lost; the most recently used go first. Default 50.</summary>
    public int WakesPerTick { get; init; } = 50;

    /// <summary>Time between two looks at whether this silo leads more than its share of the channels. Default 1 s.</summary>
    public TimeSpan LeaderRound { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Channels that a silo gives up at a time because it leads more than its share; a twentieth of those that are too many, if that is more. Default 4.</summary>
    public int LeaderMoves { get; init; } = 4;

    /// <summary>
    /// How long a channel stays where it came to be led, and how long a silo that has come up waits before it is given any. Default 5 s.
    /// </summary>
    public TimeSpan LeaderProbation { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The leader's clock may differ from the median of all silos by this much before nothing more expires by age. Default 5 s.</summary>
    public TimeSpan MaxClockDeviation { get; init; } = TimeSpan.FromSeconds(5);
}
