using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Monitoring;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bayou.Unit.Grains.Monitoring;

/// <summary>The figures of a silo of its own, before it has formed and with a channel.</summary>
public sealed class GrainMetricsTests : IAsyncDisposable
{
    private readonly TestMeters _meters = new();
    private readonly SiloStore _store = SiloStore.Open(new MemoryDisk(), new StorageOptions(), static exception => Assert.Fail($"{exception}"));
    private readonly SessionCount _sessions = new();
    private readonly ReplicaHost _host;

    public GrainMetricsTests()
    {
        _host = new ReplicaHost(
            _store, new StreamingOptions(), new ReplicationOptions(), ClusterSettings.Alone, ReplicaEnvironment.Of(network: null, TimeProvider.System),
            NullLogger<ReplicaHost>.Instance, static exception => Assert.Fail($"{exception}"));
        _ = new GrainMetrics(_meters.Factory, _host, _sessions);
    }

    [Fact]
    public void SiloThatHasNotFormed_ReportsZeros()
    {
        foreach (var name in (string[])["clients", "channels", "channels.led", "replicas", "replicas.leaderless", "peers", "peers.alive", "majority", "metadata.leading"])
        {
            Assert.Equal(0, Read<int>(name));
        }

        Assert.Equal((0, 0), (Read<long>("messages"), Read<long>("messages.size")));
    }

    [Fact]
    public async Task SiloWithAChannel_ReportsWhatItLeads()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _host.Start();
        await _host.ReadyAsync(cancellation);
        var channel = (await _host.OpenChannelAsync(new ChannelName("orders"), maxChannels: 0)).Channel!;
        await channel.PassBarrierAsync();
        var batch = new RecordBatchBuilder();
        batch.Add([], [], [], [], new byte[100]);
        batch.Add([], [], [], [], new byte[100]);
        var published = channel.Enqueue(new BatchBytes(batch.Build(origin: 1, batchNumber: 1)));
        channel.Run();
        await published.WaitAsync(TimeSpan.FromSeconds(60), cancellation);

        // Positions are made public behind the answer; a query comes after both.
        var bytes = (long)await channel.QueryAsync(machine => machine.Bytes);

        Assert.Equal((1, 1, 1), (Read<int>("channels"), Read<int>("channels.led"), Read<int>("replicas")));
        Assert.Equal((0, 1, 1), (Read<int>("replicas.leaderless"), Read<int>("majority"), Read<int>("metadata.leading")));
        Assert.Equal((0, 0), (Read<int>("peers"), Read<int>("peers.alive")));
        Assert.Equal(2, Read<long>("messages"));
        Assert.Equal(bytes, Read<long>("messages.size"));
        Assert.InRange(bytes, 200, long.MaxValue);
    }

    [Fact]
    public void Sessions_AreThoseThatTheGrainsLookAfter()
    {
        _sessions.Add(1);
        _sessions.Add(1);
        _sessions.Add(-1);

        Assert.Equal(1, Read<int>("clients"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _store.Dispose();
        _meters.Dispose();
    }

    private T Read<T>(string name)
        where T : struct => _meters.Read<T>(GrainMetrics.MeterName, $"bayou.streaming.{name}");
}
