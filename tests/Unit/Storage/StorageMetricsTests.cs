using System.Diagnostics.Metrics;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace Bayou.Unit.Storage;

public sealed class StorageMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;
    private readonly IMeterFactory _meters;

    public StorageMetricsTests()
    {
        _store = StoreFixture.Open(_disk);
        _meters = _services.GetRequiredService<IMeterFactory>();
        _ = new StorageMetrics(_meters, _store);
    }

    [Fact]
    public void EachGroupCommit_IsOneMeasurementOfASync()
    {
        using var durations = new MetricCollector<double>(_meters, StorageMetrics.MeterName, "bayou.storage.journal.sync.duration");
        var before = _store.Statistics;
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(1)));
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(2)));

        var measured = durations.GetMeasurementSnapshot();
        Assert.Equal(2, measured.Count);
        Assert.Equal((_store.Statistics.SyncTime - before.SyncTime).TotalSeconds, measured.Sum(measurement => measurement.Value), precision: 9);
    }

    [Theory]
    [InlineData("batches", 2)]
    [InlineData("writes", 3)]
    [InlineData("syncs", 2)]
    [InlineData("written", 8192)]
    [InlineData("size", 8192)]
    public void CountersOfTheJournal_AreTheStores(string name, long expected)
    {
        using var collector = new MetricCollector<long>(_meters, StorageMetrics.MeterName, $"bayou.storage.journal.{name}");
        var before = Read(collector);
        _store.Append(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(1)));
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(2)));
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(3)));

        Assert.Equal(expected, Read(collector) - before);
    }

    public void Dispose()
    {
        _store.Dispose();
        _services.Dispose();
    }

    private static long Read(MetricCollector<long> collector)
    {
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }
}
