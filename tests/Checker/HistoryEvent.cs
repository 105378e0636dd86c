namespace Bayou.Checker;

/// <summary>One event of a history; <see cref="EventKind"/> says which fields count. Events are in the order in which they happened.</summary>
public readonly record struct HistoryEvent
{
    public required EventKind Kind { get; init; }

    /// <summary>Since the history began.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Number of the node or the subscription.</summary>
    public int Actor { get; init; }

    public int Channel { get; init; }

    /// <summary>Number of the member of a queue group.</summary>
    public int Member { get; init; }

    public ulong Sequence { get; init; }

    public Value Value { get; init; }

    public ulong Hash { get; init; }

    public bool IsRedelivered { get; init; }

    public bool IsComplete { get; init; }

    /// <summary>Of the end of a replay: it broke off, and shows nothing about what comes after.</summary>
    public bool IsBrokenOff { get; init; }

    public bool IsQueueGroup { get; init; }
}
