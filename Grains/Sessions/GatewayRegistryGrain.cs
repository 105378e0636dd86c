using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Sessions;

/// <summary>Keeps the gateways that renewed their lease. Volatile: after a move gateways are back with their next renewal.</summary>
[KeepAlive]
public sealed class GatewayRegistryGrain(TimeProvider time) : Grain, IGatewayRegistryGrain
{
    /// <summary>A gateway renews several times within this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly Dictionary<GatewayId, (IGatewayObserver Observer, long Renewed)> _gateways = [];

    public Task RegisterAsync(GatewayId gateway, IGatewayObserver observer)
    {
        _gateways[gateway] = (observer, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task UnregisterAsync(GatewayId gateway)
    {
        _gateways.Remove(gateway);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<IGatewayObserver>> ListAsync()
    {
        foreach (var (gateway, (_, renewed)) in _gateways.ToList())
        {
            if (time.GetElapsedTime(renewed) > Lease)
            {
                _gateways.Remove(gateway);
            }
        }

        return Task.FromResult<IReadOnlyList<IGatewayObserver>>(
            [.. _gateways.OrderBy(pair => pair.Key.Value).Select(pair => pair.Value.Observer)]);
    }
}
