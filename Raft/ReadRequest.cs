namespace Bayou.Raft;

/// <summary>A read that waits to be confirmed.</summary>
/// <param name="From">The replica that asks; 0 or the leader itself for a local one.</param>
/// <param name="Context">The number that the asking replica gave it.</param>
internal readonly record struct ReadRequest(ulong From, ulong Context);
