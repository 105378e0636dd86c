using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// The channels that have a replica in this process. A gateway beside it publishes here instead of through the channel's grain: the
/// grain would only pass the batch on to the leader, each grain call costs several changes of thread, and the replica knows of a
/// new leader before Orleans does. Order, limits and fencing are the leader's business on either way.
/// </summary>
public interface ILocalChannels
{
    /// <summary>The channel, or null where its grain has to be asked: it does not exist yet, or has no replica here.</summary>
    ILocalChannel? Find(ChannelName channel);
}
