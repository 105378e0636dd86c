using System.Text.RegularExpressions;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Google.Protobuf;
using Xunit;

namespace Bayou.ProcessTests.Telemetry;

/// <summary>The page that Prometheus reads.</summary>
public sealed partial class MetricsPageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Figures_follow_what_clients_do()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });
        using var http = new HttpClient { BaseAddress = server.Monitoring };
        PrometheusPage before = await ReadAsync(http);
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(nats);
        await client.PublishAsync("metrics", 1, 10);
        Assert.NotEmpty((await client.TryPublishAsync("metrics", "x"u8, static message => (message.ClientId, message.ConnId) = ("ghost", ByteString.CopyFromUtf8("ghost")))).Error);

        // Positions are made public behind the pub ack; this page asks the channel, which comes after both.
        await http.GetStringAsync("/streaming/serverz", Cancellation);
        PrometheusPage after = await ReadAsync(http);

        Assert.Equal(1, Change("bayou_gateway_connections"));
        Assert.Equal(1, Change("bayou_gateway_connections_accepted_total"));
        Assert.Equal(1, Change("bayou_gateway_publishes_refused_total"));
        Assert.Equal(1, Change("bayou_streaming_clients"));
        Assert.Equal(1, Change("bayou_streaming_channels"));
        Assert.Equal(1, Change("bayou_streaming_channels_led"));
        Assert.Equal(10, Change("bayou_streaming_messages"));
        Assert.InRange(Change("bayou_streaming_messages_size_bytes"), 10, 10_000);
        Assert.InRange(Change("bayou_gateway_messages_received_total"), 11, 100);
        Assert.InRange(Change("bayou_gateway_messages_sent_total"), 11, 100);
        Assert.InRange(Change("bayou_gateway_payload_received_bytes_total"), 100, 10_000);
        Assert.InRange(Change("bayou_storage_journal_syncs_total"), 1, 1000);
        Assert.InRange(Change("bayou_storage_journal_sync_duration_seconds_count"), 1, 1000);
        Assert.Equal(1, after.Value("bayou_streaming_majority"));
        Assert.Equal(0, after.Value("bayou_streaming_replicas_leaderless"));

        await client.CloseAsync();
        Assert.Equal(before.Value("bayou_streaming_clients"), (await ReadAsync(http)).Value("bayou_streaming_clients"));

        double Change(string name) => after.Value(name) - before.Value(name);
    }

    [Fact]
    public async Task Channels_that_nobody_has_used_since_the_start_are_there()
    {
        await using ServerProcess first = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });
        await using (NatsConnection nats = await NatsConnection.ConnectAsync(first.Port))
        {
            await (await StanClient.ConnectAsync(nats)).PublishAsync("idle", 1, 10);
        }

        await first.KillAsync();
        await using ServerProcess again = await first.StartAgainAsync();
        using var http = new HttpClient { BaseAddress = again.Monitoring };
        PrometheusPage page = await ReadAsync(http);

        Assert.Equal(10, page.Value("bayou_streaming_messages"));
        Assert.InRange(page.Value("bayou_streaming_messages_size_bytes"), 10, 10_000);
        Assert.Equal(0, page.Value("bayou_streaming_replicas_leaderless"));
        Assert.Equal(1, page.Value("bayou_streaming_clients"));
    }

    [Fact]
    public async Task Page_has_what_the_document_and_the_dashboard_name()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });
        using var http = new HttpClient { BaseAddress = server.Monitoring };
        PrometheusPage page = await ReadAsync(http);

        var documented = DocumentedRow().Matches(ReadSource("docs", "TELEMETRY.md"))
            .Select(static row => KeyValuePair.Create(row.Groups["name"].Value, row.Groups["type"].Value)).ToDictionary();
        Assert.Equal(
            documented.OrderBy(static pair => pair.Key, StringComparer.Ordinal),
            page.Types.Where(static pair => pair.Key.StartsWith("bayou_", StringComparison.Ordinal)).OrderBy(static pair => pair.Key, StringComparer.Ordinal));
        string[] shown = [.. Metric().Matches(ReadSource("deploy", "grafana", "bayou.json")).Select(static match => match.Value).Distinct()];
        Assert.NotEmpty(shown);
        Assert.All(shown, name => Assert.Contains(name, page.Series));
    }

    [Fact]
    public async Task Server_without_a_monitoring_port_has_no_page_and_starts()
    {
        string file = Path.Combine(_directory.Path, "bayou.conf");
        var launch = new ServerLaunch { Directory = _directory.Path, ConfigurationFile = file };
        await File.WriteAllTextAsync(file, $$"""
            listen: 127.0.0.1:{{launch.Port}}
            streaming { store: memory }
            """, Cancellation);
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        using var http = new HttpClient { BaseAddress = server.Monitoring };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync("/metrics", Cancellation));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<PrometheusPage> ReadAsync(HttpClient http)
    {
        using HttpResponseMessage response = await http.GetAsync("/metrics", Cancellation);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        return PrometheusPage.Parse(await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>A file of the repository, which is above the test program.</summary>
    private static string ReadSource(params string[] path)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Solution.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Solution.sln above the tests.");
        return File.ReadAllText(Path.Combine([folder, .. path]));
    }

    [GeneratedRegex(@"^\| `bayou\.[a-z.]+` \| `(?<name>[a-z_]+)` \| (?<type>[a-z]+) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex DocumentedRow();

    [GeneratedRegex("(bayou|dotnet)_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();
}
