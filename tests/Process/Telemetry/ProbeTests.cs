using System.Net;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Xunit;

namespace Bayou.ProcessTests.Telemetry;

/// <summary>What an orchestrator is told of a server that starts, serves and goes.</summary>
public sealed class ProbeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_serves_passes_until_it_is_on_its_way_out()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), await ProbeAsync(server));

        // A client is there, so that lame duck mode lasts.
        await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port);
        await Programs.RunAsync([server.Launch.Program, "-signal", $"ldm={server.ProcessId}"]);
        await server.WaitForLogAsync("Entering lame duck mode");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), await ProbeAsync(server));
    }

    [Fact]
    public async Task Server_that_waits_for_its_cluster_lives_and_is_not_ready()
    {
        string file = Path.Combine(_directory.Path, "bayou.conf");
        await File.WriteAllTextAsync(file, $$"""
            cluster {
              listen: "127.0.0.1:{{FreePort.Find()}}"
              routes: ["nats://127.0.0.1:{{FreePort.Find()}}"]
            }
            streaming { cluster { node_id: "a", peers: ["b", "c"] } }
            """, Cancellation);
        await using ServerProcess server = ServerProcess.Begin(new ServerLaunch { Directory = _directory.File("data"), Flags = ["-c", file] });
        await server.WaitForLogAsync("] Server is ready");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), await ProbeAsync(server));

        // That is no error, and nobody is to be told of it with every probe.
        Assert.DoesNotContain("Health check", server.Log, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Liveness, startup, readiness.</summary>
    private static async Task<(HttpStatusCode Live, HttpStatusCode Started, HttpStatusCode Ready)> ProbeAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Monitoring };
        return (await StatusAsync(http, "/livez"), await StatusAsync(http, "/startupz"), await StatusAsync(http, "/readyz"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(path, Cancellation);
        return response.StatusCode;
    }
}
