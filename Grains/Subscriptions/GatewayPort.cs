using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>Delivers through a gateway that is alive; when it is lost, the next delivery looks for another.</summary>
internal sealed partial class GatewayPort(IGrainFactory grains, ILogger logger) : IDeliveryPort
{
    private IReadOnlyList<IGatewayObserver> _gateways = [];

    public async Task<DeliveryAnswer> DeliverAsync(Delivery delivery)
    {
        try
        {
            if (_gateways.Count == 0)
            {
                _gateways = await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync();
                if (_gateways.Count == 0)
                {
                    return DeliveryAnswer.NoInterest;
                }
            }

            return await _gateways[0].DeliverAsync(delivery) == DeliveryOutcome.Delivered ? DeliveryAnswer.Delivered : DeliveryAnswer.NoInterest;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            LogGatewayLost(exception, delivery.Channel.Value);
            _gateways = [];
            return DeliveryAnswer.GatewayLost;
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "A subscription of channel {Channel} lost its gateway and tries another")]
    private partial void LogGatewayLost(Exception exception, string channel);
}
