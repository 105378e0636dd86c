using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// One silo, by the name that its peers know it by: says what it holds, and does what only it can. A call fails where no silo of that
/// name is active.
/// </summary>
[Alias("Bayou.ISiloGrain")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>The replicas of this silo.</summary>
    [Alias("DescribeReplicas"), ResponseTimeout("00:00:02")]
    Task<IReadOnlyList<ReplicaFigures>> DescribeReplicasAsync();

    /// <summary>Has another silo, by its number, lead a group that is led here. True once this silo does not lead it any more.</summary>
    [Alias("Transfer"), ResponseTimeout("00:00:05")]
    Task<bool> TransferAsync(ulong group, ulong target);

    /// <summary>Sums over channels that this silo has replicas of, by their groups.</summary>
    [Alias("SumChannels"), ResponseTimeout("00:00:02")]
    Task<ChannelSums> SumChannelsAsync(IReadOnlyList<ulong> groups);

    /// <summary>Channels that this silo has replicas of, by their groups, in no particular order.</summary>
    [Alias("ReadChannels"), ResponseTimeout("00:00:02")]
    Task<IReadOnlyList<ChannelFigures>> ReadChannelsAsync(IReadOnlyList<ulong> groups, bool withSubscriptions);

    /// <summary>What clients have subscribed to on channels that this silo has replicas of; the views only where asked.</summary>
    [Alias("ReadSubscriptions"), ResponseTimeout("00:00:02")]
    Task<IReadOnlyList<SubscribedChannel>> ReadSubscriptionsAsync(IReadOnlyList<ulong> groups, IReadOnlyList<ClientId> clients, bool withViews);
}
