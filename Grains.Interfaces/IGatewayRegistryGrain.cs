using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>Knows the gateways that live now. Key 0.</summary>
[Alias("Bayou.IGatewayRegistryGrain")]
public interface IGatewayRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Registers a gateway, or renews its lease. For as long as was returned, counted from before the call, the gateway is told of
    /// every session that ends and may rely on what it knows of the others.
    /// </summary>
    [Alias("Register"), ResponseTimeout("00:00:02")]
    Task<TimeSpan> RegisterAsync(GatewayId gateway, IGatewayObserver observer);

    [Alias("Unregister"), ResponseTimeout("00:00:02")]
    Task UnregisterAsync(GatewayId gateway);

    /// <summary>Every gateway with a lease.</summary>
    [Alias("List"), ResponseTimeout("00:00:02")]
    Task<GatewayList> ListAsync();
}
