namespace Bayou.Raft;

/// <summary>The full state of the application at an index, with the membership that held there.</summary>
/// <param name="Index">The last entry that the snapshot covers.</param>
/// <param name="Term">The term of that entry.</param>
/// <param name="ConfState">The membership at that entry.</param>
/// <param name="Data">Opaque to the core; usually a manifest rather than the state itself.</param>
public sealed record Snapshot(ulong Index, ulong Term, ConfState ConfState, ReadOnlyMemory<byte> Data);
