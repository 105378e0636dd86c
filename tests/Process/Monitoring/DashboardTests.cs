using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Monitoring;

/// <summary>Orleans' dashboard on a port of its own. What it shows is Orleans' matter; who may see it, and where, is ours.</summary>
public sealed class DashboardTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly int _port = FreePort.Find();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_are_on_their_port_and_show_the_grains()
    {
        await using ServerProcess server = await StartAsync("");
        await server.WaitForLogAsync($"Orleans' dashboard is on http://127.0.0.1:{_port}/dashboard/");
        using HttpClient http = Open();
        Assert.Contains("Orleans Dashboard", await http.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        Assert.NotEmpty(await http.GetStringAsync("/dashboard/index.min.js", Cancellation));
        Assert.Equal("Active", await StatusOfSiloAsync(http));

        // The log may be no business of whoever looks at grains, and nothing else is on this port.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, "/dashboard/Trace"));
        Assert.Contains("Orleans Dashboard", await http.GetStringAsync("/varz", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_nowhere_else()
    {
        await using ServerProcess server = await StartAsync("");
        using var monitoring = new HttpClient { BaseAddress = server.Monitoring };
        foreach (string path in (string[])["/dashboard", "/dashboard/", "/DASHBOARD/DashboardCounters", "/dashboard/index.min.js"])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(monitoring, path));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(monitoring, "/varz"));
        using var misled = new HttpRequestMessage(HttpMethod.Get, "/dashboard/") { Headers = { Host = "rebound.example" } };
        using HttpClient http = Open();
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(misled, Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("authorization { user: ada, password: enigma }", "ada:enigma", "ada:wrong")]
    [InlineData("authorization { token: enigma }", "anybody:enigma", "anybody:wrong")]
    public async Task Whoever_looks_gives_what_clients_give(string authorization, string right, string wrong)
    {
        await using ServerProcess server = await StartAsync(authorization);
        using HttpClient http = Open();
        using HttpResponseMessage asked = await http.GetAsync("/dashboard/", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        Assert.Equal("Basic", Assert.Single(asked.Headers.WwwAuthenticate).Scheme);
        http.DefaultRequestHeaders.Authorization = Basic(wrong);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/dashboard/DashboardCounters"));
        http.DefaultRequestHeaders.Authorization = Basic(right);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/dashboard/DashboardCounters"));
    }

    [Fact]
    public async Task Other_machines_need_credentials_or_the_server_does_not_start()
    {
        await using ServerProcess server = ServerProcess.Begin(Launch("", $"0.0.0.0:{_port}"));
        Assert.Equal(1, await server.ExitAsync());
        Assert.Contains("a dashboard on 0.0.0.0 needs an authorization block", server.Log, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static AuthenticationHeaderValue Basic(string credentials) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));

    /// <summary>It is sampled once a second.</summary>
    private static async Task<string?> StatusOfSiloAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            using JsonDocument counters = JsonDocument.Parse(await http.GetStringAsync("/dashboard/DashboardCounters", patience.Token));
            JsonElement[] hosts = [.. counters.RootElement.GetProperty("hosts").EnumerateArray()];
            if (hosts.Length > 0) return Assert.Single(hosts).GetProperty("status").GetString();
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(path, Cancellation);
        return response.StatusCode;
    }

    private HttpClient Open() => new() { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

    private Task<ServerProcess> StartAsync(string authorization) => ServerProcess.StartAsync(Launch(authorization, $"{_port}"));

    private ServerLaunch Launch(string authorization, string listen)
    {
        string file = Path.Combine(_directory.Path, "bayou.conf");
        var launch = new ServerLaunch { Directory = _directory.Path, ConfigurationFile = file };
        File.WriteAllText(file, $$"""
            listen: 127.0.0.1:{{launch.Port}}
            http: 127.0.0.1:{{launch.MonitoringPort}}
            {{authorization}}
            bayou { dashboard: {{listen}} }
            streaming { store: file, dir: "{{Path.Combine(_directory.Path, "data")}}" }
            """);
        return launch;
    }
}
