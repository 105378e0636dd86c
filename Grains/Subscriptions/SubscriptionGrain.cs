using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Placement;
using Bayou.Grains.Replication;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// The address of a subscription; a <see cref="SubscriptionDelivery"/> does the work for as long as this silo leads the channel. Reentrant,
/// so that acks are taken while a push waits for its connection.
/// </summary>
[Reentrant]
[KeepAlive]
[LeaderPlacement]
[GrainType(TypeName)]
public sealed partial class SubscriptionGrain(
    ReplicaHost host, SiloDirectory silos, IGrainFactory grains, TimeProvider time, ILogger<SubscriptionGrain> logger)
    : Grain, ISubscriptionGrain
{
    internal const string TypeName = "subscription";

    private SubscriptionId _id;
    private Task<SubscriptionDelivery?>? _opening;
    private IDisposable? _listening;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = SubscriptionId.FromGrainKey(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_opening is { IsCompletedSuccessfully: true, Result: { } delivery })
        {
            await delivery.FlushAsync();
            Close();
        }
    }

    public async Task RefreshAsync()
    {
        if (await OpenAsync() is not { } delivery)
        {
            return;
        }

        var state = await ReadAsync();
        delivery.Refresh(state);
        if (state is null)
        {
            Close();
            DeactivateOnIdle();
        }
    }

    public async Task StartAsync(MemberId member) => (await OpenAsync())?.Start(member);

    public async Task ResumeAsync() => (await OpenAsync())?.Resume();

    public async Task AckAsync(AckBatch acks) => (await OpenAsync())?.Acknowledge(acks);

    public async Task FlushAsync()
    {
        if (await OpenAsync() is { } delivery)
        {
            await delivery.FlushAsync();
        }
    }

    public async Task SetClientHealthAsync(ClientId client, bool answers) => (await OpenAsync())?.SetClientHealth(client, answers);

    public async Task<SubscriptionFigures> InspectAsync() => (await OpenAsync())?.Inspect() ?? new SubscriptionFigures(0, 0, []);

    /// <summary>The delivery; null if there is no such subscription. Callers that come together share one try.</summary>
    /// <exception cref="LeaderMovedException">Another silo leads the channel; this activation goes there.</exception>
    private async Task<SubscriptionDelivery?> OpenAsync()
    {
        var opening = _opening ??= BeginAsync();
        try
        {
            return await opening;
        }
        catch (ReplicaUnavailableException exception)
        {
            _opening = null;
            Follow(exception.Leader);
            throw new LeaderMovedException($"Subscription {_id} is served elsewhere, or by nobody now.", exception);
        }
    }

    private async Task<SubscriptionDelivery?> BeginAsync()
    {
        var channel = host.FindChannel(_id.Group);
        if (channel is null && host.Registry.PlacementOf(_id.Group) is null)
        {
            return null;
        }

        if (channel is not null)
        {
            await channel.PassBarrierAsync();
        }

        if (channel is not { IsLeading: true })
        {
            throw new ReplicaUnavailableException("Another silo leads the channel.")
            {
                Reason = ReplicaUnavailability.NotLeader,
                Leader = host.Registry.LeaderCandidates(host.Registry.PlacementOf(_id.Group)).FirstOrDefault(),
            };
        }

        if (await ReadAsync() is not { } state)
        {
            return null;
        }

        var turns = new GrainTurns(TaskScheduler.Current);
        _listening = channel.ListenForEnd(() => turns.Post(OnDeposed));
        return new SubscriptionDelivery(_id, channel, state, new GatewayPort(grains, logger), turns, time, exception => LogFailed(exception, _id));
    }

    /// <summary>Whoever leads the channel now begins from what the log knows.</summary>
    private void OnDeposed()
    {
        Close();
        DeactivateOnIdle();
    }

    private void Close()
    {
        _listening?.Dispose();
        _listening = null;
        if (_opening is { IsCompletedSuccessfully: true, Result: { } delivery })
        {
            delivery.Stop();
        }

        _opening = null;
    }

    private void Follow(string? leader)
    {
        if (leader is not null && silos.Find(leader) is { } silo)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            this.MigrateOnIdle();
        }
    }

    private Task<SubscriptionSnapshot?> ReadAsync() =>
        host.FindChannel(_id.Group)!.QueryAsync(machine => SubscriptionSnapshot.Of(machine.Find(_id.Number)));

    [LoggerMessage(2001, LogLevel.Error, "Subscription {Subscription} cannot deliver")]
    private partial void LogFailed(Exception exception, SubscriptionId subscription);
}
