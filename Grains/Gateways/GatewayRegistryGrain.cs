using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;

namespace Bayou.Grains.Gateways;

/// <summary>
/// Keeps the gateways that renewed their lease. Volatile: after a move gateways are back with their next renewal, and until the
/// last lease of its predecessor has run out the list says that it may be incomplete.
/// </summary>
[KeepAlive]
public sealed class GatewayRegistryGrain(ReplicaHost host, TimeProvider time) : Grain, IGatewayRegistryGrain
{
    /// <summary>A gateway renews several times within this.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly long _begun = time.GetTimestamp();
    private readonly Dictionary<GatewayId, (IGatewayObserver Observer, long Renewed)> _gateways = [];

    public async Task<TimeSpan> RegisterAsync(GatewayId gateway, IGatewayObserver observer)
    {
        // An activation that was left behind on a silo cut off from the others must not give leases beside its successor.
        try
        {
            await host.Metadata.PassBarrierAsync();
        }
        catch (ReplicaUnavailableException exception)
        {
            throw new LeaderMovedException("The metadata has no leader now.", exception);
        }

        _gateways[gateway] = (observer, time.GetTimestamp());
        return Lease;
    }

    public Task UnregisterAsync(GatewayId gateway)
    {
        _gateways.Remove(gateway);
        return Task.CompletedTask;
    }

    public async Task<GatewayList> ListAsync()
    {
        foreach (var (gateway, (_, renewed)) in _gateways.ToList())
        {
            if (time.GetElapsedTime(renewed) > Lease)
            {
                _gateways.Remove(gateway);
            }
        }

        var completeIn = await CompleteInAsync();
        return new GatewayList([.. _gateways.OrderBy(pair => pair.Key.Value).Select(pair => pair.Value.Observer)], completeIn);
    }

    /// <summary>How long gateways may hold leases that are not listed. None do where no other silo ever was: a gateway ends with its silo.</summary>
    private async Task<TimeSpan> CompleteInAsync()
    {
        var age = time.GetElapsedTime(_begun);
        return age >= Lease || await host.Metadata.QueryAsync(machine => machine.Silos.All.Count == 1) ? TimeSpan.Zero : Lease - age;
    }
}
