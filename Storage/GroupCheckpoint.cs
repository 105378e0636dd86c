using Bayou.Records;

namespace Bayou.Storage;

/// <summary>What a group's owner gives to a checkpoint, all of it as it stands at <see cref="AppliedIndex"/>.</summary>
public sealed record GroupCheckpoint
{
    public required GroupId Group { get; init; }

    public required StoredHardState HardState { get; init; }

    public required ulong AppliedIndex { get; init; }

    public required ulong AppliedTerm { get; init; }

    /// <summary>
    /// What the replica still lacks of what it once had: the fault it was recovered with, until it is repaired. Without it the
    /// loss is forgotten.
    /// </summary>
    public GroupFault? Fault { get; init; }

    /// <summary>The owner's own encoding of its state; must not change until the checkpoint is complete.</summary>
    public ReadOnlyMemory<byte> State { get; init; }
}
