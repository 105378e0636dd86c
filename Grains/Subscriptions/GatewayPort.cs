using Bayou.Grains.Gateways;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Subscriptions;

/// <summary>Delivers through a gateway that is alive; when it is lost, the next delivery looks for another.</summary>
internal sealed partial class GatewayPort(GatewayDirectory gateways, ILogger logger) : IDeliveryPort
{
    public async Task<DeliveryAnswer> DeliverAsync(Delivery delivery)
    {
        if (await gateways.FindAsync() is not { } gateway)
        {
            return DeliveryAnswer.NoInterest;
        }

        try
        {
            return await gateway.DeliverAsync(delivery) == DeliveryOutcome.Delivered ? DeliveryAnswer.Delivered : DeliveryAnswer.NoInterest;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            LogGatewayLost(exception, delivery.Channel.Value);
            gateways.Forget(gateway);
            return DeliveryAnswer.GatewayLost;
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "A subscription of channel {Channel} lost its gateway and tries another")]
    private partial void LogGatewayLost(Exception exception, string channel);
}
