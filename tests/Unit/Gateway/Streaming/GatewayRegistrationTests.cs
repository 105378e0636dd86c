using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

public sealed class GatewayRegistrationTests
{
    /// <summary>Whatever the registry throws: it is a grain, and what its metadata throw comes out of it.</summary>
    [Fact]
    public async Task RenewalThatFailed_IsNotTheLast()
    {
        using var registry = new Registry();
        var time = new FakeTimeProvider();
        var log = new FakeLogger();
        using var registration = new GatewayRegistration(new GatewayId(1), registry, static () => { }, time, log);
        await registration.StartAsync(null!);
        Assert.True(await registry.NextCallAsync());

        registry.Failure = new InvalidOperationException("broken");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await registry.NextCallAsync());

        // Each call begins when all is done that the one before it led to.
        registry.Failure = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await registry.NextCallAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await registry.NextCallAsync());
        Assert.Equal(3004, Assert.Single(log.Collector.GetSnapshot()).Id.Id);
        time.Advance(TimeSpan.FromSeconds(3.5));
        Assert.True(registration.IsCurrent);
        await registration.StopAsync();
    }

    private sealed class Registry : IGatewayRegistryGrain, IDisposable
    {
        private readonly SemaphoreSlim _calls = new(0);

        public Exception? Failure { get; set; }

        public Task<bool> NextCallAsync() => _calls.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        public Task<TimeSpan> RegisterAsync(GatewayId gateway, IGatewayObserver observer)
        {
            _calls.Release();
            return Failure is null ? Task.FromResult(TimeSpan.FromSeconds(5)) : Task.FromException<TimeSpan>(Failure);
        }

        public Task UnregisterAsync(GatewayId gateway) => Task.CompletedTask;

        public Task<GatewayList> ListAsync() => throw new NotSupportedException();

        public void Dispose() => _calls.Dispose();
    }
}
