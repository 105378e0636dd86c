using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces;

/// <summary>Knows the gateways that live now. Key 0.</summary>
[Alias("Bayou.IGatewayRegistryGrain")]
public interface IGatewayRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>Registers a gateway, or renews its lease.</summary>
    [Alias("Register")]
    Task RegisterAsync(GatewayId gateway, IGatewayObserver observer);

    [Alias("Unregister")]
    Task UnregisterAsync(GatewayId gateway);

    /// <summary>Every live gateway; any of them reaches any client.</summary>
    [Alias("List")]
    Task<IReadOnlyList<IGatewayObserver>> ListAsync();
}
