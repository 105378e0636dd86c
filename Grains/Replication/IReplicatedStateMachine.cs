namespace Bayou.Grains.Replication;

/// <summary>What a replica applies its group's committed entries to. Called by the group's worker only.</summary>
internal interface IReplicatedStateMachine
{
    /// <summary>Applies one command and returns what its proposer is told.</summary>
    object? Apply(ulong index, ReadOnlyMemory<byte> command);

    /// <summary>Something here must go on although nobody asks for it: the group is not to be without a leader.</summary>
    bool NeedsLeader { get; }

    /// <summary>A run of committed entries has been applied: tell whoever waits for news.</summary>
    void OnApplied();

    /// <summary>This replica leads in <paramref name="term"/>, and everything committed before is applied.</summary>
    void OnLeading(ulong term);

    /// <summary>This replica leads no more: nothing that was prepared and is not applied counts.</summary>
    void OnFollowing();

    /// <summary>As the leader: time passes. What is due is proposed.</summary>
    void OnTick();

    /// <summary>As the leader: how long it may sleep before <see cref="OnTick"/> has something to do; null for ever.</summary>
    TimeSpan? UntilDue();

    /// <summary>The whole state, for a checkpoint or a snapshot; the same bytes on every replica that stands at the same entry.</summary>
    byte[] Save();

    /// <summary>Replaces the whole state by what <see cref="Save"/> gave on another replica.</summary>
    void Restore(ReadOnlyMemory<byte> state);
}
