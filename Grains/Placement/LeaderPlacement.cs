namespace Bayou.Grains.Placement;

/// <summary>Puts a grain on the silo that leads the channel it belongs to.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.LeaderPlacement")]
public sealed class LeaderPlacement : PlacementStrategy;
