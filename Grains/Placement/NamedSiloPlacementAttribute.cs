using Orleans.Placement;

namespace Bayou.Grains.Placement;

/// <summary>Puts a grain on the silo whose name is its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NamedSiloPlacementAttribute() : PlacementAttribute(new NamedSiloPlacement());
