namespace Bayou.Grains.Placement;

/// <summary>Puts a grain on the silo whose name is its key.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.NamedSiloPlacement")]
public sealed class NamedSiloPlacement : PlacementStrategy;
