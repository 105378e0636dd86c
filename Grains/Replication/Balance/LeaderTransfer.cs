using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Replication.Balance;

/// <summary>A group that another silo is to lead.</summary>
internal readonly record struct LeaderTransfer(GroupId Group, SiloNumber Target);
