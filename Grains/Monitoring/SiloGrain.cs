using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Orleans.Concurrency;

namespace Bayou.Grains.Monitoring;

/// <summary>Speaks for its silo. It holds nothing.</summary>
[NamedSiloPlacement, Reentrant]
public sealed class SiloGrain(ReplicaHost host, ReplicaReader replicas, ChannelReader channels) : Grain, ISiloGrain
{
    public Task<IReadOnlyList<ReplicaFigures>> DescribeReplicasAsync() => replicas.ReadAsync();

    public Task<bool> TransferAsync(ulong group, ulong target) => host.TransferAsync(new GroupId(group), new SiloNumber(target));

    public Task<ChannelSums> SumChannelsAsync(IReadOnlyList<ulong> groups) => channels.SumAsync(groups);

    public Task<IReadOnlyList<ChannelFigures>> ReadChannelsAsync(IReadOnlyList<ulong> groups, bool withSubscriptions) =>
        channels.ReadAsync(groups, withSubscriptions);

    public Task<IReadOnlyList<SubscribedChannel>> ReadSubscriptionsAsync(
        IReadOnlyList<ulong> groups, IReadOnlyList<ClientId> clients, bool withViews) =>
        channels.ReadSubscriptionsAsync(groups, clients.Select(client => client.Value), withViews);
}
