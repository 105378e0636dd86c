using System.Reflection;
using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Records;
using Microsoft.Extensions.Logging.Testing;
using Orleans;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

public sealed class AckCollectorTests
{
    private readonly Subscription _subscription = new();
    private readonly FakeLogger _log = new();
    private readonly AckCollector _collector;

    public AckCollectorTests()
    {
        var grains = DispatchProxy.Create<IGrainFactory, StreamingSide.GrainFactory>();
        ((StreamingSide.GrainFactory)grains).Subscription = _subscription;
        _collector = new AckCollector(new AckInbox(new SubscriptionId(new GroupId(1), 2), 3), grains, Task.CompletedTask, TimeProvider.System, _log);
    }

    /// <summary>Whatever a grain throws, and not only what it should.</summary>
    [Fact]
    public async Task AcksThatWereLost_DoNotHoldUpThoseAfterThem()
    {
        _subscription.Failure = new InvalidDataException("broken");
        _collector.Add(1);
        await _collector.WhenDeliveredAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(3003, Assert.Single(_log.Collector.GetSnapshot()).Id.Id);

        _subscription.Failure = null;
        _collector.Add(2);
        await _collector.WhenDeliveredAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal([new SequenceRange(2, 2)], _subscription.Acknowledged);
    }

    private sealed class Subscription : ISubscriptionGrain
    {
        public Exception? Failure { get; set; }

        public List<SequenceRange> Acknowledged { get; } = [];

        public async Task AckAsync(AckBatch acks)
        {
            await Task.Yield();
            if (Failure is not null) throw Failure;
            Acknowledged.AddRange(acks.Ranges);
        }

        public Task StartAsync(MemberId member) => throw new NotSupportedException();

        public Task<SubscriptionFigures> InspectAsync() => throw new NotSupportedException();
    }
}
