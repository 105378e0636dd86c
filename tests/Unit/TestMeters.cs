using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Bayou.Unit;

/// <summary>Makes meters that only one test sees, and reads their instruments.</summary>
internal sealed class TestMeters : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public IMeterFactory Factory => _services.GetRequiredService<IMeterFactory>();

    /// <summary>What an observable instrument says now.</summary>
    public T Read<T>(string meter, string instrument)
        where T : struct
    {
        using var collector = new MetricCollector<T>(Factory, meter, instrument);
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    public void Dispose() => _services.Dispose();
}
