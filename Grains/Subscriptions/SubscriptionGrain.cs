using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// The address of a subscription, on the silo that leads its channel; a <see cref="SubscriptionDelivery"/> there does the work. It holds
/// nothing, so that it may go whenever Orleans wants it to.
/// </summary>
[Reentrant]
[LeaderPlacement]
[GrainType(TypeName)]
public sealed class SubscriptionGrain(Deliveries deliveries, SiloDirectory silos) : Grain, ISubscriptionGrain
{
    internal const string TypeName = "subscription";

    private SubscriptionId _id;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = SubscriptionId.FromGrainKey(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task StartAsync(MemberId member) => (await FindAsync())?.Start(member);

    public async Task AckAsync(AckBatch acks) => (await FindAsync())?.Acknowledge(acks);

    public async Task<SubscriptionFigures> InspectAsync() =>
        await FindAsync() is { } delivery ? await delivery.InspectAsync() : new SubscriptionFigures(0, 0, []);

    /// <exception cref="LeaderMovedException">Another silo leads the channel; this activation goes there.</exception>
    private async Task<SubscriptionDelivery?> FindAsync()
    {
        try
        {
            return await deliveries.FindAsync(_id);
        }
        catch (ReplicaUnavailableException exception)
        {
            Follow(exception.Leader);
            throw new LeaderMovedException($"Subscription {_id} is served elsewhere, or by nobody now.", exception);
        }
    }

    private void Follow(string? leader)
    {
        if (leader is not null && silos.Find(leader) is { } silo)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            this.MigrateOnIdle();
        }
    }
}
