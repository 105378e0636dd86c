using Bayou.Storage;
using Bayou.Storage.Disk;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace Bayou.Unit.Storage;

public sealed class StorageMetricsTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;

    public StorageMetricsTests()
    {
        _store = StoreFixture.Open(_disk);
        _ = new StorageMetrics(_meters.Factory, _store);
    }

    [Fact]
    public void EachGroupCommit_IsOneMeasurementOfASync()
    {
        using var durations = new MetricCollector<double>(_meters.Factory, StorageMetrics.MeterName, "bayou.storage.journal.sync.duration");
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
        var before = Read(name);
        _store.Append(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(1)));
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(2)));
        _store.Commit(StoreFixture.Write(StoreFixture.Orders, StoreFixture.Entry(3)));

        Assert.Equal(expected, Read(name) - before);
    }

    public void Dispose()
    {
        _store.Dispose();
        _meters.Dispose();
    }

    private long Read(string name) => _meters.Read<long>(StorageMetrics.MeterName, $"bayou.storage.journal.{name}");
}
