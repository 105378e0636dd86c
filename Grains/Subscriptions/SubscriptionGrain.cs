using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// The address of a subscription; a <see cref="SubscriptionDelivery"/> does the work. Reentrant, so that acks are taken while a
/// push waits for its connection.
/// </summary>
[Reentrant]
[KeepAlive]
public sealed partial class SubscriptionGrain(ReplicaHost host, IGrainFactory grains, TimeProvider time, ILogger<SubscriptionGrain> logger)
    : Grain, ISubscriptionGrain
{
    private SubscriptionId _id;
    private SubscriptionDelivery? _delivery;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = SubscriptionId.FromGrainKey(this.GetPrimaryKeyString());
        if (host.FindChannel(_id.Group) is not { } channel || await ReadAsync() is not { } state)
        {
            return;
        }

        _delivery = new SubscriptionDelivery(
            _id, channel, state, new GatewayPort(grains, logger), new GrainTurns(TaskScheduler.Current), time, exception => LogFailed(exception, _id));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_delivery is { } delivery)
        {
            await delivery.FlushAsync();
            delivery.Stop();
        }
    }

    public async Task RefreshAsync()
    {
        if (_delivery is null)
        {
            return;
        }

        var state = await ReadAsync();
        _delivery.Refresh(state);
        if (state is null)
        {
            DeactivateOnIdle();
        }
    }

    public Task StartAsync(MemberId member)
    {
        _delivery?.Start(member);
        return Task.CompletedTask;
    }

    public Task ResumeAsync()
    {
        _delivery?.Resume();
        return Task.CompletedTask;
    }

    public Task AckAsync(AckBatch acks)
    {
        _delivery?.Acknowledge(acks);
        return Task.CompletedTask;
    }

    public Task FlushAsync() => _delivery?.FlushAsync() ?? Task.CompletedTask;

    public Task SetClientHealthAsync(ClientId client, bool answers)
    {
        _delivery?.SetClientHealth(client, answers);
        return Task.CompletedTask;
    }

    public Task<SubscriptionFigures> InspectAsync() => Task.FromResult(_delivery?.Inspect() ?? new SubscriptionFigures(0, 0, []));

    private Task<SubscriptionSnapshot?> ReadAsync() =>
        host.FindChannel(_id.Group)!.QueryAsync(machine => SubscriptionSnapshot.Of(machine.Find(_id.Number)));

    [LoggerMessage(2001, LogLevel.Error, "Subscription {Subscription} cannot deliver")]
    private partial void LogFailed(Exception exception, SubscriptionId subscription);
}
