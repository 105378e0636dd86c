namespace Bayou.Raft;

/// <summary>State worth reporting that nobody needs to store.</summary>
/// <param name="Leader">The leader as this replica knows it; 0 for none.</param>
/// <param name="Role">What this replica is.</param>
/// <param name="IsQuiesced">
/// The leader has put the group to sleep, and this follower has found and applied what the leader says: <see cref="RaftNode.TryHibernate"/> may
/// be called.
/// </param>
public readonly record struct SoftState(ulong Leader, RaftRole Role, bool IsQuiesced = false);
