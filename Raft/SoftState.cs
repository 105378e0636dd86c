namespace Bayou.Raft;

/// <summary>State worth reporting that nobody needs to store.</summary>
/// <param name="Leader">The leader as this replica knows it; 0 for none.</param>
/// <param name="Role">What this replica is.</param>
public readonly record struct SoftState(ulong Leader, RaftRole Role);
