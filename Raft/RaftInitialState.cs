namespace Bayou.Raft;

/// <summary>What a replica remembers of its earlier life.</summary>
/// <param name="HardState">The last one that was stored.</param>
/// <param name="ConfState">
/// The membership as of <see cref="RaftOptions.Applied"/>, or of the compacted part if that is later. For a log from its first entry on, be it
/// of a replica that joins later, it is the membership with which the group was founded, since no entry says that.
/// </param>
public readonly record struct RaftInitialState(HardState HardState, ConfState ConfState);
