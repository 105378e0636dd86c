namespace Bayou.Grains.Interfaces;

/// <summary>
/// The gateway in this process, for the grains beside it: any gateway reaches any client, over its routes, and this one costs no
/// call over a network.
/// </summary>
public interface ILocalGateway
{
    /// <summary>Null until the gateway can deliver.</summary>
    IGatewayObserver? Current { get; }
}
