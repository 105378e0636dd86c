using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Monitoring;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Bayou.Unit.Tidy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary>docs/TELEMETRY.md and the dashboard name what there is, and all of it.</summary>
public sealed partial class TelemetryDocumentTests : IAsyncDisposable
{
    /// <summary>Units of UCUM, words in braces, or none for a yes or no.</summary>
    private static readonly string[] Units = ["s", "By", ""];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SiloStore _store = SiloStore.Open(new MemoryDisk(), new StorageOptions(), static exception => Assert.Fail($"{exception}"));
    private readonly ReplicaHost _host;

    public TelemetryDocumentTests() => _host = new ReplicaHost(
        _store, new StreamingOptions(), new ReplicationOptions(), ClusterSettings.Alone, ReplicaEnvironment.Of(network: null, TimeProvider.System),
        NullLogger<ReplicaHost>.Instance, static exception => Assert.Fail($"{exception}"));

    [Fact]
    public void Table_HasEveryInstrumentAsItIs() => Assert.Equal(
        Instruments().Select(Describe).Order(StringComparer.Ordinal),
        Rows().Select(row => $"{row.Name} {row.Type} {row.Unit} {row.Meaning}").Order(StringComparer.Ordinal));

    [Fact]
    public void Names_AreInOneStyle() => Assert.All(Instruments(), instrument =>
    {
        Assert.Matches(DottedName(), instrument.Name);
        Assert.True(Units.Contains(instrument.Unit ?? "") || instrument.Unit!.StartsWith('{'), instrument.Unit);
    });

    [Fact]
    public void Dashboard_ShowsMetricsThatExist()
    {
        using var dashboard = JsonDocument.Parse(SourceTree.Read("deploy/grafana/bayou.json"));
        var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();

        Assert.All(queries, query => Assert.Matches(OwnOrRuntime(), query));
        Assert.Subset(Series(), Named(queries));
    }

    [Fact]
    public void AlertRules_WatchMetricsThatExist()
    {
        var names = Named(SourceTree.Read("docs/TELEMETRY.md").Split('\n').Where(line => line.Contains("expr:", StringComparison.Ordinal)));

        Assert.NotEmpty(names);
        Assert.Subset(Series(), names);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _store.Dispose();
        await _services.DisposeAsync();
    }

    private static string Describe(Instrument instrument) =>
        $"{instrument.Name} {TypeOf(instrument)} {instrument.Unit} {instrument.Description}";

    private static string TypeOf(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var type when type == typeof(ObservableCounter<>) => "counter",
        var type when type == typeof(ObservableUpDownCounter<>) || type == typeof(ObservableGauge<>) => "gauge",
        var type when type == typeof(Histogram<>) => "histogram",
        var type => type.Name,
    };

    /// <summary>The names under which Prometheus keeps them.</summary>
    private static HashSet<string> Series() => [.. Rows().SelectMany(row => row.Type == "histogram"
        ? new[] { row.Prometheus + "_bucket", row.Prometheus + "_sum", row.Prometheus + "_count" }
        : [row.Prometheus])];

    /// <summary>Our metrics that some queries name.</summary>
    private static HashSet<string> Named(IEnumerable<string> queries) => [.. queries.SelectMany(query => OwnName().Matches(query)).Select(match => match.Value)];

    private static IEnumerable<(string Name, string Prometheus, string Type, string Unit, string Meaning)> Rows() =>
        from line in SourceTree.Read("docs/TELEMETRY.md").Split('\n')
        where line.StartsWith("| `bayou.", StringComparison.Ordinal)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        select (cells[1].Trim('`'), cells[2].Trim('`'), cells[3], cells[4].Trim('`'), cells[5]);

    /// <summary>Makes them as the server does, and listens to what is made.</summary>
    private List<Instrument> Instruments()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        _ = new GatewayMetrics(meters, new ConnectionRegistry(0), new SubjectRouter(), mesh: null, streaming: null, new ServerIdentity("a", default), TimeProvider.System);
        _ = new GrainMetrics(meters, _host, new SessionCount());
        _ = new StorageMetrics(meters, _store);
        return found;
    }

    [GeneratedRegex(@"^bayou(\.[a-z]+)+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DottedName();

    [GeneratedRegex("bayou_[a-z_]+", RegexOptions.None, 1000)]
    private static partial Regex OwnName();

    [GeneratedRegex("(bayou|dotnet)_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnOrRuntime();
}
