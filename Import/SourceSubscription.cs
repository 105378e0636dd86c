namespace Bayou.Import;

/// <summary>A subscription, or a queue group with its members.</summary>
public sealed record SourceSubscription
{
    /// <summary>Empty for a subscription that is gone with its last member.</summary>
    public required string DurableName { get; init; }

    /// <summary>Without the durable name; empty for a subscription of one client.</summary>
    public required string QueueGroup { get; init; }

    /// <summary>Of a plain durable: whose it is. Of others: the client of its first member.</summary>
    public required string Client { get; init; }

    public required ulong LastSent { get; init; }

    /// <summary>What was sent and not acknowledged, in order.</summary>
    public required IReadOnlyList<ulong> Pending { get; init; }

    /// <summary>None for a durable that is offline.</summary>
    public required IReadOnlyList<SourceMember> Members { get; init; }

    /// <summary>The member that left last; only of a durable that is offline.</summary>
    public SourceMember? LastMember { get; init; }
}
