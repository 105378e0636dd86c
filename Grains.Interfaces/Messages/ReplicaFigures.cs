namespace Bayou.Grains.Interfaces.Messages;

/// <summary>A replica as its silo knows it. Replicas and indexes are those of consensus.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ReplicaFigures")]
public sealed record ReplicaFigures
{
    /// <summary>The group; 0 for the metadata.</summary>
    [Id(0)]
    public required ulong Group { get; init; }

    [Id(1)]
    public required ulong Replica { get; init; }

    [Id(2)]
    public required ReplicaRole Role { get; init; }

    [Id(3)]
    public required ulong Term { get; init; }

    [Id(4)]
    public required ulong CommitIndex { get; init; }

    [Id(5)]
    public required ulong AppliedIndex { get; init; }

    /// <summary>The disk lost something of it, which is being mended.</summary>
    [Id(6)]
    public bool IsDamaged { get; init; }

    /// <summary>The group has nothing to do, and sleeps.</summary>
    [Id(7)]
    public bool IsAsleep { get; init; }

    /// <summary>Who votes; while members change, in the membership to come.</summary>
    [Id(8)]
    public IReadOnlyList<ulong> Voters { get; init; } = [];

    /// <summary>While members change: who votes in the membership that is left.</summary>
    [Id(9)]
    public IReadOnlyList<ulong> VotersOutgoing { get; init; } = [];

    /// <summary>On a leader: how far the members are.</summary>
    [Id(10)]
    public IReadOnlyList<MemberPosition> Members { get; init; } = [];
}
