using Orleans.Runtime.Placement;

namespace Bayou.Grains.Placement;

/// <summary>Puts a grain on the silo whose name is its key; nowhere if that silo is not active.</summary>
internal sealed class NamedSiloPlacementDirector(SiloDirectory silos) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var name = target.GrainIdentity.Key.ToString()!;
        return silos.Find(name) is { } silo && context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"Silo {name} is not active.");
    }
}
