using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Orleans.Concurrency;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// A channel: the façade in front of the leader of its replicated log. The key is the channel's name. It comes into being with
/// the first publish or subscribe.
/// </summary>
[Alias("Bayou.IChannelGrain")]
public interface IChannelGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends a record batch; answered when a quorum has it on disk. Calls of one gateway carry increasing batch numbers and are
    /// taken in that order. The sender gives the memory away: the leader stamps the batch in place. Who hears nothing for two seconds sends
    /// it again, under the same number.
    /// </summary>
    [AlwaysInterleave, Alias("Publish"), ResponseTimeout("00:00:02")]
    ValueTask<PublishResult> PublishAsync(BatchBytes batch);

    [Alias("Subscribe")]
    Task<SubscribeResult> SubscribeAsync(SubscribeRequest request);

    /// <summary>Ends a member's subscription; null, or the error text for the client.</summary>
    [Alias("Unsubscribe")]
    Task<string?> UnsubscribeAsync(UnsubscribeRequest request);

    /// <summary>Ends every subscription that this session, or an earlier one of the client, has here; durables stay.</summary>
    [Alias("EndSession")]
    Task EndSessionAsync(ClientId client, SessionEpoch session);

    /// <summary>Tells the client's subscriptions whether its heartbeats are answered.</summary>
    [AlwaysInterleave, Alias("SetClientHealth")]
    Task SetClientHealthAsync(ClientId client, bool answers);
}
