using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

/// <summary>Reports to the log of a channel on a silo of its own.</summary>
public sealed class ProgressReporterTests : IAsyncDisposable
{
    private const ulong Number = 1;

    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;
    private readonly ReplicaHost _host;

    public ProgressReporterTests()
    {
        _store = SiloStore.Open(_disk, new StorageOptions(), static exception => Assert.Fail($"{exception}"));
        _host = new ReplicaHost(
            _store, new StreamingOptions(), new ReplicationOptions(), ClusterSettings.Alone, ReplicaEnvironment.Of(network: null, TimeProvider.System),
            NullLogger<ReplicaHost>.Instance, static exception => Assert.Fail($"{exception}"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task FailureOfWhatFollowsAReservation_IsSaid_AndNotTheEndOfAllReservations()
    {
        ChannelReplica channel = await OpenAsync();
        var broken = new InvalidOperationException("broken");
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reserved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var plan = new DeliveryPlan(isQueueGroup: false);
        plan.AddMember(Plans.NewMember(1, maxInFlight: 1));
        var turns = new SerialTurns(PoolScheduler.Instance, static exception => Assert.Fail($"{exception}"));
        var reporter = await turns.RunAsync(() => Task.FromResult(new ProgressReporter(
            Number, channel, plan, 0, turns, TimeProvider.System,
            () =>
            {
                if (!failed.Task.IsCompleted) throw broken;
                reserved.TrySetResult();
            },
            failed.SetResult)));

        turns.Post(reporter.ReserveIfDue);
        Assert.Same(broken, await failed.Task.WaitAsync(Cancellation));
        turns.Post(() =>
        {
            plan.Assign(1, 1);
            plan.Acknowledge(new SequenceRange(1, 1));
            reporter.ReserveIfDue();
        });
        await reserved.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(2ul, await turns.RunAsync(() => Task.FromResult(reporter.Reserved)));
        await turns.RunAsync(() =>
        {
            reporter.Stop();
            return Task.FromResult(true);
        });
    }

    /// <summary>A channel with a subscription and two messages.</summary>
    private async Task<ChannelReplica> OpenAsync()
    {
        _host.Start();
        await _host.ReadyAsync(Cancellation);
        ChannelReplica channel = (await _host.OpenChannelAsync(new ChannelName("foo"), maxChannels: 0)).Channel!;
        await channel.ProposeAsync(new ChannelCommand { CreateSubscription = new SubscriptionRecord { Number = Number, DurableName = "durable" } });
        var batch = new RecordBatchBuilder();
        batch.Add([], [], "1"u8, [], "first"u8);
        batch.Add([], [], "2"u8, [], "second"u8);
        Task<PublishResult> published = channel.Enqueue(new BatchBytes(batch.Build(0, 0)));
        channel.Run();
        Assert.Null((await published).Error);
        return channel;
    }
}
