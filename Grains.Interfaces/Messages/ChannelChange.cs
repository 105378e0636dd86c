using Bayou.Grains.Interfaces.Administration;

namespace Bayou.Grains.Interfaces.Messages;

/// <summary>What came of an operator's action on a channel, or would come of it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelChange")]
public sealed record ChannelChange
{
    /// <summary>Neither the channel nor what was asked for in it is there.</summary>
    public static ChannelChange None { get; } = new() { Outcome = ChannelChangeOutcome.Gone };

    [Id(0)] public ChannelChangeOutcome Outcome { get; init; }

    /// <summary>Sequence of the oldest message that is left; one more than the newest where none is.</summary>
    [Id(1)] public ulong FirstSequence { get; init; }

    [Id(2)] public ulong LastSequence { get; init; }

    /// <summary>Durables that go, or that may have been meant.</summary>
    [Id(3)] public IReadOnlyList<DurableKey> Durables { get; init; } = [];

    /// <summary>Ids of the clients that receive; once for each subscription.</summary>
    [Id(4)] public IReadOnlyList<string> Receivers { get; init; } = [];
}
