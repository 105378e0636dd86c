using Bayou.Grains.Gateways;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>Delivers through a gateway that is alive; when it is lost, the next delivery looks for another.</summary>
internal sealed partial class GatewayPort(GatewayDirectory gateways, ILogger<GatewayPort> logger) : IDeliveryPort
{
    public async Task<DeliveryAnswer> DeliverAsync(Delivery delivery)
    {
        IGatewayObserver? gateway = null;
        try
        {
            gateway = await gateways.FindAsync();
            if (gateway is null)
            {
                return DeliveryAnswer.NoInterest;
            }

            return await gateway.DeliverAsync(delivery) == DeliveryOutcome.Delivered ? DeliveryAnswer.Delivered : DeliveryAnswer.NoInterest;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            LogGatewayLost(exception, delivery.Channel.Value);
            if (gateway is not null)
            {
                gateways.Forget(gateway);
            }

            return DeliveryAnswer.GatewayLost;
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "A subscription of channel {Channel} lost its gateway and tries another")]
    private partial void LogGatewayLost(Exception exception, string channel);
}
