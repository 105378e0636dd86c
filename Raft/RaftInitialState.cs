namespace Bayou.Raft;

/// <summary>What a replica remembers of its earlier life.</summary>
/// <param name="HardState">The last one that was stored.</param>
/// <param name="ConfState">The membership as of the applied index.</param>
public readonly record struct RaftInitialState(HardState HardState, ConfState ConfState);
