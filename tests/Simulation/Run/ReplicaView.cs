using Bayou.Records;

namespace Bayou.Simulation.Run;

/// <summary>What a replica shows of itself: where it stands, and a hash of its whole state there.</summary>
public sealed record ReplicaView(GroupId Group, ulong AppliedIndex, ulong Hash, bool IsLeading, IReadOnlyList<string> Voters);
