namespace Bayou.Storage;

/// <summary>What a replica must not forget apart from its log. A vote of 0 is none.</summary>
public readonly record struct StoredHardState(ulong Term, ulong Vote, ulong Commit);
