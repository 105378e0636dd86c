using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Simulation.Run;

/// <summary>What a program does for subscribers and operators of a channel that it leads. Every request may be repeated.</summary>
public interface IChannelService
{
    Task<ServiceReply> SubscribeAsync(string channel, SubscribeRequest request);

    Task<ServiceReply> UnsubscribeAsync(string channel, UnsubscribeRequest request);

    /// <summary>Ends what a session, or an earlier one of the same client, has subscribed to.</summary>
    Task<ServiceReply> EndSessionAsync(string channel, ClientId client, SessionEpoch session);

    /// <summary>The member's client has been told of its subscription.</summary>
    Task<ServiceReply> StartAsync(SubscriptionId subscription, MemberId member);

    Task<ServiceReply> AcknowledgeAsync(SubscriptionId subscription, AckBatch acks);

    /// <summary>Removes the messages below a sequence, or as many of them as one entry takes.</summary>
    Task<ServiceReply> PurgeAsync(string channel, ulong before);

    /// <summary>The newest message of a channel that is committed here; 0 if this silo has none.</summary>
    ulong LastSequenceOf(string channel);
}
