using System.Text.Json;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>A server of either kind as a process of its own, whose configuration file can be written anew and reloaded.</summary>
public sealed class ReloadingServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly ServerProcess _process;

    private ReloadingServer(TemporaryDirectory directory, ServerProcess process) => (_directory, _process) = (directory, process);

    public int Port => _process.Port;

    public ServerProcess Process => _process;

    public static async Task<ReloadingServer> StartAsync(ServerKind kind, string configuration)
    {
        if (kind == ServerKind.Oracle) Assert.SkipUnless(OracleServer.IsInstalled, "nats-server is not installed: there is nothing to compare with.");
        var directory = new TemporaryDirectory();
        var launch = new ServerLaunch { Directory = directory.Path, ConfigurationFile = directory.File("server.conf"), Flags = ["-st", "memory"] };
        if (kind == ServerKind.Oracle)
        {
            string program = File.Exists("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
            launch = launch with { Program = program, IsStreaming = false, Flags = [] };
        }

        await WriteAsync(launch, configuration);
        return new ReloadingServer(directory, await ServerProcess.StartAsync(launch));
    }

    /// <summary>Reloads this configuration, and waits until the server says what came of it; once for each server.</summary>
    public async Task ReloadAsync(string configuration, string outcome = "Reloaded server configuration", int? port = null)
    {
        await WriteAsync(port is { } other ? _process.Launch with { Port = other } : _process.Launch, configuration);
        _process.Reload();
        await _process.WaitForLogAsync(outcome);
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>A client that has given this in CONNECT and was let in.</summary>
    public async Task<RawClient> LogInAsync(string login)
    {
        RawClient client = await ConnectAsync();
        Assert.Equal("", Heard(await client.RoundTripAsync(ConnectLine(login))));
        return client;
    }

    /// <summary>What a client gets that gives this in CONNECT and is not let in.</summary>
    public async Task<string> RefuseAsync(string login)
    {
        using RawClient client = await ConnectAsync();
        await client.SendAsync(ConnectLine(login) + "PING\r\n");
        return await client.ReadToEndAsync();
    }

    /// <summary>A key of <c>/varz</c>.</summary>
    public async Task<string> VarzAsync(string key)
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(_process.Monitoring, "/varz"))).RootElement.GetProperty(key).ToString();
    }

    /// <summary>What a server said, without the question whether the client is there.</summary>
    public static string Heard(string text) => text.Replace("PING\r\n", "", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private static string ConnectLine(string login) => $"CONNECT {{\"verbose\":false,\"pedantic\":false{(login.Length == 0 ? "" : ",")}{login}}}\r\n";

    private static Task WriteAsync(ServerLaunch launch, string configuration) => File.WriteAllTextAsync(
        launch.ConfigurationFile!, $"listen: \"127.0.0.1:{launch.Port}\"\nhttp: \"127.0.0.1:{launch.MonitoringPort}\"\n{configuration}\n");
}
