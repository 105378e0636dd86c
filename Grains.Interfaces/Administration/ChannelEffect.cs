namespace Bayou.Grains.Interfaces.Administration;

/// <summary>What an action takes from a channel, and what it leaves; of a dry run, what it would.</summary>
public sealed record ChannelEffect
{
    public required string Channel { get; init; }

    /// <summary>Messages that go.</summary>
    public ulong Messages { get; init; }

    /// <summary>Sequence of the oldest message that is left, one more than the last where none is; null where the channel goes.</summary>
    public ulong? FirstSeq { get; init; }

    /// <summary>Sequence of the last message that there was; null where the channel goes.</summary>
    public ulong? LastSeq { get; init; }

    /// <summary>Durables that go.</summary>
    public IReadOnlyList<DurableKey> Durables { get; init; } = [];

    /// <summary>Clients whose subscriptions end; once for each.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];
}
