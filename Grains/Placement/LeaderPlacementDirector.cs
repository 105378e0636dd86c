using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Orleans.Runtime.Placement;

namespace Bayou.Grains.Placement;

/// <summary>
/// Consensus decides where a channel is led; Orleans follows. Where nobody knows the leader, the silo that is to lead is tried, and
/// then any: a grain on the wrong silo finds that out and moves.
/// </summary>
internal sealed class LeaderPlacementDirector(ReplicaHost host, SiloDirectory silos) : IPlacementDirector
{
    private static readonly GrainType SubscriptionType = GrainType.Create(SubscriptionGrain.TypeName);

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, compatible) is { } hint)
        {
            return Task.FromResult(hint);
        }

        foreach (var name in host.Registry.LeaderCandidates(ChannelOf(target)))
        {
            if (silos.Find(name) is { } silo && compatible.Contains(silo))
            {
                return Task.FromResult(silo);
            }
        }

        return Task.FromResult(compatible.Contains(context.LocalSilo) ? context.LocalSilo : compatible[0]);
    }

    /// <summary>A subscription's key names its channel's group, a channel's key is its name.</summary>
    private ChannelPlacement? ChannelOf(PlacementTarget target)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        return target.GrainIdentity.Type == SubscriptionType
            ? host.Registry.PlacementOf(SubscriptionId.FromGrainKey(key).Group)
            : host.Registry.PlacementOf(new ChannelName(key));
    }
}
