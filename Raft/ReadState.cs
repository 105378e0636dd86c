namespace Bayou.Raft;

/// <summary>
/// The answer to a read request: once entries up to <paramref name="Index"/> are applied, a local read is linearizable.
/// </summary>
/// <param name="Index">The index that must be applied first.</param>
/// <param name="Context">What was passed to <see cref="RaftNode.ReadIndex"/>.</param>
public readonly record struct ReadState(ulong Index, ulong Context);
