using System.Diagnostics.Metrics;

namespace Bayou.Storage;

/// <summary>
/// What the journal counts anyway, as instruments that are read only when somebody collects, and how long its syncs take. docs/TELEMETRY.md
/// lists them.
/// </summary>
public sealed class StorageMetrics
{
    /// <summary>The meter that they belong to.</summary>
    public const string MeterName = "Bayou.Storage";

    /// <summary>Upper bounds in seconds: from a disk with a protected cache to one that is in trouble.</summary>
    private static readonly double[] SyncBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Histogram<double> _syncDuration;

    public StorageMetrics(IMeterFactory meters, SiloStore store)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("bayou.storage.journal.batches", () => store.Statistics.Batches, "{batch}", "Group commits.");
        meter.CreateObservableCounter("bayou.storage.journal.writes", () => store.Statistics.Writes, "{write}", "Writes of channels and metadata that were committed.");
        meter.CreateObservableCounter("bayou.storage.journal.syncs", () => store.Statistics.Syncs, "{sync}", "Calls of fdatasync.");
        meter.CreateObservableCounter("bayou.storage.journal.written", () => store.Statistics.Bytes, "By", "Bytes written to the journal, padding included.");
        meter.CreateObservableUpDownCounter("bayou.storage.journal.size", () => store.Statistics.JournalBytes, "By", "Bytes of the journal that a restart would have to read.");
        meter.CreateObservableGauge("bayou.storage.full", () => store.IsNearlyFull ? 1 : 0, unit: null, "1 while publishes are refused because the disk is nearly full.");
        _syncDuration = meter.CreateHistogram(
            "bayou.storage.journal.sync.duration",
            "s",
            "Time that the write and sync of a group commit took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = SyncBounds });
        store.JournalSynced += OnSynced;
    }

    private void OnSynced(TimeSpan elapsed)
    {
        if (_syncDuration.Enabled)
        {
            _syncDuration.Record(elapsed.TotalSeconds);
        }
    }
}
