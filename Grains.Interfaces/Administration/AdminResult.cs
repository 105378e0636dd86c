namespace Bayou.Grains.Interfaces.Administration;

/// <summary>The answer to an action on the cluster.</summary>
public sealed record AdminResult
{
    public required AdminOutcome Outcome { get; init; }

    /// <summary>One sentence for the operator.</summary>
    public required string Message { get; init; }

    /// <summary>What could have been named instead of what is not there or not possible.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Replicas that move, or would.</summary>
    public IReadOnlyList<ReplicaMove> Moves { get; init; } = [];

    /// <summary>What happens to a channel; null where none is concerned.</summary>
    public ChannelEffect? Effect { get; init; }

    /// <summary>What the operator should know and what does not stand in the way.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
