namespace Bayou.Grains.Replication;

/// <summary>What a replica applies its group's committed entries to. Called by the group's worker only.</summary>
internal interface IReplicatedStateMachine
{
    /// <summary>Applies one command and returns what its proposer is told.</summary>
    object? Apply(ulong index, ReadOnlyMemory<byte> command);

    /// <summary>A run of committed entries has been applied: tell whoever waits for news.</summary>
    void OnApplied();

    /// <summary>This replica leads in <paramref name="term"/>, and everything committed before is applied.</summary>
    void OnLeading(ulong term);

    /// <summary>The whole state, for a checkpoint.</summary>
    byte[] Save();
}
