using System.Diagnostics;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Telemetry;

/// <summary>What a collector gets from a server that was told of it.</summary>
public sealed class CollectorTests : IDisposable
{
    private static readonly string[] Expected =
        ["bayou.gateway.connections", "bayou.streaming.channels", "bayou.storage.journal.sync.duration", "dotnet.process.cpu.time"];

    /// <summary>A stop that takes as long is cut short by the server itself.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(8);

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Collector_in_the_configuration_is_sent_metrics()
    {
        await using var collector = new Collector();
        string file = Path.Combine(_directory.Path, "bayou.conf");
        await File.WriteAllTextAsync(file, $$"""
            server_name: "alpha"
            bayou { telemetry { otlp: "{{collector.Url}}", protocol: "http/protobuf", interval: "100ms" } }
            """, TestContext.Current.CancellationToken);
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.File("data"), Flags = ["-c", file] });
        await collector.ReceivedAsync();

        Assert.All(collector.Paths, static path => Assert.Equal("POST /v1/metrics application/x-protobuf", path));
        Assert.All(Expected, name => Assert.Contains(name, collector.Metrics.Keys));
        Assert.Contains("service.name=bayou", collector.Attributes.Keys);
        Assert.Contains("service.instance.id=alpha", collector.Attributes.Keys);
    }

    /// <summary>The last export is part of an orderly stop, so that nobody has to wait for one.</summary>
    [Fact]
    public async Task Collector_in_the_standard_variables_is_sent_metrics()
    {
        await using var collector = new Collector();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch
        {
            Directory = _directory.Path,
            Wrapper =
            [
                "env", $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_SERVICE_NAME=orders",
                "OTEL_METRIC_EXPORT_INTERVAL=3600000",
            ],
        });
        Assert.Empty(collector.Paths);
        Assert.Equal(0, await server.StopAsync());
        await collector.ReceivedAsync();

        Assert.All(Expected, name => Assert.Contains(name, collector.Metrics.Keys));
        Assert.Contains("service.name=orders", collector.Attributes.Keys);
    }

    [Fact]
    public async Task Telemetry_that_is_disabled_does_not_keep_the_server_from_starting()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path, Wrapper = ["env", "OTEL_SDK_DISABLED=true"] });
        using var http = new HttpClient();
        using HttpResponseMessage page = await http.GetAsync(new Uri(server.Monitoring, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Collector_that_is_away_holds_up_nothing()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch
        {
            Directory = _directory.Path,
            Wrapper = ["env", $"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{FreePort.Find()}", "OTEL_METRIC_EXPORT_INTERVAL=50"],
        });

        await using (NatsConnection connection = await NatsConnection.ConnectAsync(server.Port))
        {
            StanClient client = await StanClient.ConnectAsync(connection);
            await client.PublishAsync("away", "x");
        }

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await server.StopAsync());
        Assert.True(watch.Elapsed < Held, $"It took {watch.Elapsed} to stop.");
        Assert.DoesNotContain("Exception", server.Log, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();
}
