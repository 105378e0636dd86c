using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// The channels whose replica is in this process. A gateway beside the leader publishes here instead of through the channel's
/// grain: the grain would only pass the batch on to the same replica, and each grain call costs several changes of thread.
/// Order, limits and fencing are the replica's business on either way.
/// </summary>
public interface ILocalChannels
{
    /// <summary>The channel, or null where its grain has to be asked: it does not exist yet, or lives elsewhere.</summary>
    ILocalChannel? Find(ChannelName channel);
}
