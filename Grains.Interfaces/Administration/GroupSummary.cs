namespace Bayou.Grains.Interfaces.Administration;

/// <summary>A group: the metadata, or a channel.</summary>
public sealed record GroupSummary
{
    /// <summary>Its number; 0 for the metadata.</summary>
    public required ulong Group { get; init; }

    /// <summary>The channel; null for the metadata.</summary>
    public string? Channel { get; init; }

    /// <summary>The node that leads; null if none does, or none that answered.</summary>
    public string? Leader { get; init; }

    /// <summary>The leader's term; null without one.</summary>
    public ulong? Term { get; init; }

    /// <summary>Enough voters live to elect a leader and to commit.</summary>
    public bool Quorum { get; init; }

    /// <summary>Replicas that it is to have, as far as there are nodes.</summary>
    public int Wanted { get; init; }

    /// <summary>It has fewer voters that are well than it is to have.</summary>
    public bool UnderReplicated { get; init; }

    /// <summary>Its members are being changed.</summary>
    public bool Moving { get; init; }

    /// <summary>A replica of it is damaged, or has diverged.</summary>
    public bool Damaged { get; init; }

    public IReadOnlyList<ReplicaSummary> Replicas { get; init; } = [];
}
