using Bayou.Grains.Interfaces.Messages;
using Orleans.Concurrency;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// What grains ask of a gateway. Every call is answered, which is the back-pressure: a sender keeps one delivery in flight per
/// member, so order holds although calls interleave.
/// </summary>
[Alias("Bayou.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>Writes messages to a member's inbox; answered once the connection has room for more.</summary>
    [AlwaysInterleave, Alias("Deliver")]
    Task<DeliveryOutcome> DeliverAsync(Delivery delivery);

    /// <summary>Sends an empty request to <paramref name="inbox"/> and waits for any reply: a heartbeat.</summary>
    [AlwaysInterleave, Alias("Request")]
    Task<RequestOutcome> RequestAsync(string inbox, TimeSpan timeout);

    /// <summary>A session has ended: answered once the gateway no longer takes publishes for it.</summary>
    [AlwaysInterleave, Alias("EndSession")]
    Task EndSessionAsync(SessionInfo session);
}
