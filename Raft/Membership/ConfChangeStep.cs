namespace Bayou.Raft.Membership;

/// <summary>One replica's part in a change.</summary>
/// <param name="Kind">What happens to it.</param>
/// <param name="Replica">Its id; a step for replica 0 is skipped.</param>
public readonly record struct ConfChangeStep(ConfChangeKind Kind, ulong Replica);
