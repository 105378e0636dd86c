using Orleans.Placement;

namespace Bayou.Grains.Placement;

/// <summary>Puts a grain on the silo that leads the channel it belongs to.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LeaderPlacementAttribute() : PlacementAttribute(new LeaderPlacement());
