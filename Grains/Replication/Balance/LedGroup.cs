using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Replication.Balance;

/// <summary>A group that a silo leads.</summary>
/// <param name="Group">The group.</param>
/// <param name="Successors">The silos whose voters have all that is committed.</param>
internal readonly record struct LedGroup(GroupId Group, IReadOnlyList<SiloNumber> Successors);
