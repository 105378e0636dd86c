using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Gateway.Monitoring;

/// <summary>The figures are those of the connections, be they open or closed.</summary>
public sealed class GatewayMetricsTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ConnectionRegistry _registry = new(maxClosedCount: 1);
    private readonly SubjectRouter _router = new();
    private readonly FakeClient _client;

    public GatewayMetricsTests()
    {
        _client = new FakeClient(_router);
        _ = new GatewayMetrics(_meters.Factory, _registry, _router, mesh: null, streaming: null, new ServerIdentity("a", _time.GetUtcNow()), _time);
    }

    [Fact]
    public void Traffic_IsCountedOnceWhetherItsConnectionIsOpenOrClosed()
    {
        _registry.TryAdd(_client.Connection, maxCount: 1);
        _client.Subscribe("a");
        _client.Publish("a", "12345");
        _client.Connection.Statistics.InMessageCount = 3;
        _client.Connection.Statistics.InBytes = 40;
        long[] traffic = [3, 40, 1, 5];

        Assert.Equal((1, 1L, 1), (Read<int>("connections"), Read<long>("connections.accepted"), Read<int>("subscriptions")));
        Assert.Equal(traffic, Traffic());

        _registry.Remove(_client.Connection, new ClosedConnection(
            _client.Connection.Id, null, null, new ConnectOptions(), _client.Connection.Statistics, default, [], ClosedReason.ClientClosed));

        Assert.Equal((0, 1L), (Read<int>("connections"), Read<long>("connections.accepted")));
        Assert.Equal(traffic, Traffic());
    }

    [Theory]
    [InlineData(ClosedReason.SlowConsumerPendingBytes, 1, 0)]
    [InlineData(ClosedReason.SlowConsumerWriteDeadline, 1, 0)]
    [InlineData(ClosedReason.StaleConnection, 0, 1)]
    [InlineData(ClosedReason.ClientClosed, 0, 0)]
    public void ConnectionsThatWereClosed_AreCountedByReason(object reason, long slow, long stale)
    {
        _registry.TryAdd(_client.Connection, maxCount: 1);
        _client.Connection.Close((ClosedReason)reason);

        Assert.Equal((slow, stale), (Read<long>("connections.slow"), Read<long>("connections.stale")));
    }

    [Fact]
    public void Uptime_IsInSeconds()
    {
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(120, Read<double>("uptime"));
    }

    public void Dispose()
    {
        _client.Dispose();
        _meters.Dispose();
    }

    private long[] Traffic() => [Read<long>("messages.received"), Read<long>("payload.received"), Read<long>("messages.sent"), Read<long>("payload.sent")];

    private T Read<T>(string name)
        where T : struct => _meters.Read<T>(GatewayMetrics.MeterName, $"bayou.gateway.{name}");
}
