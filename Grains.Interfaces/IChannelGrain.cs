using Bayou.Grains.Interfaces.Administration;
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

    /// <summary>
    /// Removes messages below a sequence, oldest first: as many as one entry of the log takes, so that the channel is not held up. Call it
    /// again until the first sequence is as wanted, or stays where it is.
    /// </summary>
    [Alias("Purge")]
    Task<ChannelChange> PurgeAsync(ulong group, ulong before);

    /// <summary>Ends the channel, and before it, where that is wanted, the subscriptions of clients that receive.</summary>
    [Alias("Delete")]
    Task<ChannelChange> DeleteAsync(ulong group, bool withReceivers, bool dryRun);

    /// <summary>Forgets a durable, or a durable queue group, with its position; with its receivers only where that is wanted.</summary>
    [Alias("DeleteDurable")]
    Task<ChannelChange> DeleteDurableAsync(ulong group, DurableKey durable, bool withReceivers, bool dryRun);
}
